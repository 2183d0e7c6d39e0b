#pragma once
// The members of one GameAnalytics event while it is mapped: what a mapping takes is said by the canonical event, the
// rest goes into its properties as it was sent.

#include <optional>
#include <string_view>
#include <vector>

#include "lib/codec/json_cursor.h"
#include "services/event_ingestion/decoding/event_reader.h"
#include "services/event_ingestion/decoding/property_writer.h"

namespace gm::event_ingestion {

enum class Presence : bool { optional, required };

class GameAnalyticsFields {
 public:
  explicit GameAnalyticsFields(TextStore& texts) : texts_(texts) {}

  void add(const codec::JsonText& key, const codec::JsonValue& value);

  // Each takes the first member of that name. False when a required one is absent, or what is there has another kind;
  // null counts as absent. A text longer than `chars_max` code points is wrong, too, and a required one is not empty.
  bool text(std::string_view name, size_t chars_max, Presence presence, std::string_view& out);
  // A number as written.
  bool number(std::string_view name, Presence presence, std::string_view& out);
  // The value of a member that stays among the properties; nullptr when it is absent.
  const codec::JsonValue* peek(std::string_view name) const;
  // Says that the canonical event carries the member already.
  void drop(std::string_view name);

  void write_rest(PropertyWriter& properties) const;

 private:
  struct Field {
    codec::JsonText key;
    std::string_view name;
    codec::JsonValue value;
    bool taken = false;
  };
  Field* find(std::string_view name);

  TextStore& texts_;
  std::vector<Field> fields_;
};

}  // namespace gm::event_ingestion
