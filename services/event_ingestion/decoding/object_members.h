#pragma once
// The members of an object that a game fills as it likes: kept as they are written, and at hand by name.

#include <array>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "lib/event/event.h"
#include "services/event_ingestion/decoding/event_reader.h"
#include "services/event_ingestion/decoding/property_writer.h"

namespace gm::event_ingestion {

class ObjectMembers {
 public:
  // Reads the object that `reader` stands before; what is against the limits of an event is noted there. `depth`: of
  // the object in the event.
  void read(EventReader& reader, const IngestSettings& limits, uint32_t depth);
  // The text of a string or a number; empty: neither, or absent.
  std::string_view text(std::string_view name) const;
  // The first of the names that says something.
  std::string_view first_of(std::span<const std::string_view> names) const;
  // The same, but empty when it is too long for a dimension: then it stays among the properties only.
  std::string_view dimension(std::span<const std::string_view> names) const;
  // The value as written in the source; empty: absent.
  std::string_view json(std::string_view name) const;
  void write(PropertyWriter& out) const;
  // "revenue": {"amount", "currency"}, or `amount` and `currency` as members. No money without both.
  void money(std::string_view amount, std::string_view currency, event::Event& event);

 private:
  struct Member {
    std::string_view name;
    codec::JsonText key;
    codec::JsonValue value;
    std::string_view text;
  };
  const Member* find(std::string_view name) const;
  void look_into_revenue(codec::JsonCursor cursor, TextStore& texts);

  std::vector<Member> members_;
  std::string_view revenue_amount_, revenue_currency_;
  std::array<char, 3> currency_{};
};

}  // namespace gm::event_ingestion
