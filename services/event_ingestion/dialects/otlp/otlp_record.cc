#include "services/event_ingestion/dialects/otlp/otlp_record.h"

#include <algorithm>

namespace gm::event_ingestion {
namespace {

// A value lies inside an attribute, inside the properties, and perhaps inside "resource".
constexpr size_t kOuterDepth = 2;

}  // namespace

std::string_view OtlpAttributes::text(std::string_view key) const {
  const auto found = std::find_if(items_.begin(), items_.end(), [&](const Item& item) { return item.key == key; });
  return found == items_.end() ? std::string_view() : found->value.text;
}

void OtlpAttributes::add(std::string_view key, OtlpValue value) {
  if (!count_member() || value.json.empty()) return;
  bytes_ += key.size() + value.json.size();
  if (bytes_ > limits_.event_bytes_max) return note(Tag::event_too_large);
  items_.push_back({key, std::move(value)});
}

bool OtlpAttributes::count_member() {
  if (++members_ <= limits_.properties_max) return true;
  note(Tag::event_properties_too_many);
  return false;
}

bool OtlpAttributes::may_nest(size_t depth) {
  if (depth + kOuterDepth <= limits_.depth_max) return true;
  note(Tag::event_too_deep);
  return false;
}

}  // namespace gm::event_ingestion
