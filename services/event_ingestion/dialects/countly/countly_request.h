#pragma once
// One request of a Countly client: fields of a device, some of which are events.

#include <array>
#include <optional>
#include <string_view>
#include <vector>

#include "services/event_ingestion/decoding/batch_builder.h"
#include "services/event_ingestion/decoding/event_reader.h"
#include "services/event_ingestion/decoding/property_writer.h"
#include "services/event_ingestion/dialects/countly/countly_names.h"

namespace gm::event_ingestion {

class CountlyRequest {
 public:
  // `kept`: texts of refused events, which outlive the decoding.
  CountlyRequest(const IngestSettings& limits, codec::JsonCursor& cursor, DecodeScratch& scratch, TextStore& kept,
                 BatchBuilder& builder)
      : reader_(limits, cursor, scratch.texts), limits_(limits), scratch_(scratch), kept_(kept), builder_(builder) {}

  // Reads the object at the cursor and gives its events to the builder.
  void read();
  std::string_view app_key() const { return app_key_; }

 private:
  struct Field {
    std::string_view key;
    codec::JsonText key_text;
    codec::JsonValue value;
    codec::JsonCursor at;  // stands before the value
  };

  void fields();
  void dimensions();
  void metrics();
  std::string_view number_of(const Field& field);
  void note_limits(const codec::JsonValue& value);
  void add_parts();
  static bool says_nothing(const Field& field, CountlyShape shape);
  void add(const CountlyPart& part, const Field& field);
  void add_events(const Field& field);
  void one_event(codec::JsonCursor& cursor);
  void segmentation(codec::JsonCursor& cursor, PropertyWriter& properties);
  void event_member(std::string_view key, const codec::JsonValue& value, FoundEvent& found);
  void object(const CountlyPart& part, const Field& field, FoundEvent& found, PropertyWriter& properties);
  void facts(codec::JsonCursor& cursor, PropertyWriter& properties);
  void finish(std::string_view part, std::string_view source, FoundEvent& found, PropertyWriter& properties);
  void money(event::Event& event);
  FoundEvent new_event();
  const Field* field(std::string_view key) const;
  std::optional<codec::JsonCursor> opened(const Field& field);
  // What is wrong beyond the fields of the request itself.
  void note(Tag tag) {
    if (!wrong_) wrong_ = tag;
  }

  EventReader reader_;
  const IngestSettings& limits_;
  DecodeScratch& scratch_;
  TextStore& kept_;
  BatchBuilder& builder_;
  std::vector<Field> fields_, rest_;
  std::optional<Tag> wrong_;  // of the event at hand
  std::string_view app_key_, device_, address_;
  event::Event common_;  // what all events of the request share
  bool has_time_ = false;
  std::string_view metrics_;  // of the request's first event
  std::string_view sum_, revenue_, currency_, view_;
  std::array<char, 3> currency_text_{};
};

// Unix time in seconds (10 digits, a fraction allowed) or milliseconds; nullopt when it is neither.
std::optional<int64_t> countly_time_ms(std::string_view text);

}  // namespace gm::event_ingestion
