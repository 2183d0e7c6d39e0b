#pragma once
// One event of the Amplitude dialect.

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "services/event_ingestion/decoding/batch_builder.h"
#include "services/event_ingestion/decoding/event_reader.h"
#include "services/event_ingestion/decoding/part_walk.h"

namespace gm::event_ingestion {

class PropertyWriter;

// Reads one event; lives as long as the views it gives out are needed.
class AmplitudeEvent {
 public:
  AmplitudeEvent(const IngestSettings& limits, codec::JsonCursor& cursor, TextStore& texts)
      : reader_(limits, cursor, texts) {}

  // Reads the event's object. `type`: of an event that names none itself, as those of /identify. A tag when the event
  // cannot be taken.
  std::optional<Tag> read(std::string_view type, FoundEvent& found);

 private:
  // The amounts that make money, at the top level or among the event's properties.
  struct Money {
    std::string_view revenue, price, quantity, product, currency;
  };
  // User or group properties: operators apart, so that "$set" is told from the rest.
  struct Facts {
    std::string_view raw, set, set_once;
    bool has_operators = false;
    bool has_more = false;  // than $set and $setOnce
    std::string_view plain() const { return has_operators ? set : raw; }
  };

  void member(std::string_view key, size_t start, FoundEvent& found);
  bool dimension_member(std::string_view key, size_t start);
  void id(std::string_view& out);
  void time(FoundEvent& found);
  void properties();
  void facts(Facts& out);
  void groups();
  void money_member(std::string_view key, Money& into, std::string_view text);
  void keep_member(size_t start);
  void keep_json(std::string_view key, std::string_view json);
  void complete(FoundEvent& found);
  void money(event::Event& event);
  void write(event::Event& event);
  void write_group(PropertyWriter& out);
  void write_model(const event::Event& event, PropertyWriter& out);

  EventReader reader_;
  std::string_view type_, user_, device_id_, session_, platform_, os_, device_, build_, country_;
  std::string_view url_, screen_, properties_, group_type_, group_key_, groups_;
  bool has_product_ = false, has_seconds_ = false, has_current_url_ = false, has_screen_name_ = false;
  Money top_, inside_;
  Facts user_facts_, group_facts_;
  std::string kept_;  // members that nothing else here stands for, without braces
  std::string written_;
  std::array<char, 3> currency_{};
};

}  // namespace gm::event_ingestion
