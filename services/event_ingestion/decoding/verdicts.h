#pragma once
// What can be said of one event. The tags are part of the public interface: stable, listed in docs/reference/errors.md.

#include <cstdint>
#include <span>
#include <string_view>

namespace gm::event_ingestion {

enum class Verdict : uint8_t { ok, warning, drop, retry };
std::string_view verdict_name(Verdict verdict);

enum class Tag : uint8_t {
  body_malformed,
  event_not_an_object,
  event_too_large,
  event_too_deep,
  event_properties_too_many,
  event_name_missing,
  event_name_invalid,
  event_name_too_long,
  event_id_invalid,
  player_id_missing,
  player_id_invalid,
  player_id_too_long,
  player_id_refused,
  event_time_invalid,
  event_time_too_old,
  event_time_in_future,
  properties_invalid,
  field_invalid,
  field_too_long,
  revenue_invalid,
  text_invalid,
  line_malformed,
  property_reserved,
  revenue_not_validated,
};

struct TagDeclaration {
  Tag tag;
  std::string_view name;
  Verdict verdict;
  std::string_view prose;  // what it means and the way out
};

// In the order of the enum.
std::span<const TagDeclaration> tags();
const TagDeclaration& declaration_of(Tag tag);

}  // namespace gm::event_ingestion
