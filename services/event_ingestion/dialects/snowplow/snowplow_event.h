#pragma once
// One event of the Snowplow tracker protocol: a flat object of short keys, with JSON inside some of its strings.

#include <array>
#include <optional>
#include <string_view>
#include <vector>

#include "services/event_ingestion/decoding/batch_builder.h"
#include "services/event_ingestion/decoding/event_reader.h"
#include "services/event_ingestion/decoding/property_writer.h"
#include "services/event_ingestion/dialects/snowplow/snowplow_names.h"

namespace gm::event_ingestion {

// What the request says of the sender, beside its events.
struct SnowplowSender {
  std::string_view cookie_user;  // of the cookie "sp"
  bool key_outside = false;      // then `aid` is no key but the name of the app
};

// Reads one event; lives as long as the views it gives out are needed.
class SnowplowEvent {
 public:
  SnowplowEvent(const IngestSettings& limits, codec::JsonCursor& cursor, DecodeScratch& scratch,
                const SnowplowSender& sender)
      : reader_(limits, cursor, scratch.texts), scratch_(scratch), sender_(sender) {}

  // Fills `found`; a tag when the event cannot be taken.
  std::optional<Tag> read(FoundEvent& found);
  std::string_view app_id() const { return app_id_; }
  int64_t sent_ms() const { return sent_ms_; }

 private:
  struct Field {
    codec::JsonText key;
    codec::JsonValue value;
  };
  // {"schema", "data"}: where its data stands is kept as a cursor, to be walked later.
  struct Described {
    std::string_view schema;
    std::optional<codec::JsonCursor> data;
  };

  void fields(FoundEvent& found);
  bool known(std::string_view key, const codec::JsonValue& value, FoundEvent& found);
  void rest(const Field& field);
  bool is_number(std::string_view text);
  void time(const codec::JsonValue& value, int64_t& out, bool& has);
  void event_itself(FoundEvent& found);
  void described_event(FoundEvent& found);
  void described_data(const SnowplowName& name, Described& inner, FoundEvent& found);
  void contexts(event::Event& event);
  void context(Described& one, event::Event& event);
  void money(event::Event& event, std::string_view amount, std::string_view currency);
  std::optional<codec::JsonCursor> nested(std::string_view plain, std::string_view base64);
  Described described(codec::JsonCursor& cursor);
  void note_limits(const codec::JsonValue& value) { reader_.check(value.is_text, value.depth, value.members); }

  EventReader reader_;
  DecodeScratch& scratch_;
  const SnowplowSender& sender_;
  PropertyWriter properties_;
  std::vector<Field> rest_;  // written last: they give way to what the game itself named
  int64_t sent_ms_ = 0;
  std::string_view kind_, app_id_;
  std::string_view user_, domain_user_, network_user_, session_user_;
  std::string_view platform_, os_;
  std::string_view event_plain_, event_base64_, contexts_plain_, contexts_base64_;
  std::string_view action_, total_, total_currency_;
  std::array<char, 3> currency_text_{};
};

}  // namespace gm::event_ingestion
