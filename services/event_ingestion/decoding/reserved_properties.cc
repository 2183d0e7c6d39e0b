#include "services/event_ingestion/decoding/reserved_properties.h"

#include "lib/base/ip_address.h"
#include "lib/http/message.h"

namespace gm::event_ingestion {
namespace {

// True for nearly no event, and cheap: it runs for every one. A reserved name may be written with escapes
// ("\u0024gm_"), and a value may look like a name: strip() then looks closer.
bool may_hold_reserved(std::string_view json) {
  for (size_t at = json.find('$'); at != std::string_view::npos; at = json.find('$', at + 1)) {
    const std::string_view rest = json.substr(at);
    if (rest.starts_with(kReservedPrefix) || rest.starts_with(kAddressProperty)) return true;
  }
  for (size_t at = json.find("\\u00"); at != std::string_view::npos; at = json.find("\\u00", at + 1)) {
    if (at + 4 < json.size() && json[at + 4] >= '2' && json[at + 4] <= '7') return true;  // of ASCII
  }
  return false;
}

bool is_blank_object(std::string_view json) { return json.find_first_not_of(" \t\r\n", 1) == json.size() - 1; }

}  // namespace

std::string_view ReservedProperties::strip(std::string_view properties) {
  thread_local codec::JsonIndex index;
  padded_.assign(properties).append(http::kBodyPadding, ' ');
  if (!index.read(std::string_view(padded_).substr(0, properties.size()))) return properties;
  codec::JsonCursor cursor(index);
  stripped_ = "{";
  bool changed = false;
  for (bool more = cursor.begin_object(); more; more = cursor.next_member()) {
    const size_t start = cursor.position();
    const codec::JsonText key = cursor.key();
    const std::string name = key.escaped ? codec::json_unescape(key.raw) : std::string(key.raw);
    const codec::JsonValue value = cursor.value();
    const bool is_address = name == kAddressProperty;
    const bool is_reserved = name.starts_with(kReservedPrefix);
    if (is_address && value.kind == codec::JsonKind::string) named_ = codec::json_unescape(value.raw);
    left_out_ |= is_reserved;
    changed |= is_address || is_reserved;
    if (is_address || is_reserved) continue;
    if (stripped_.size() > 1) stripped_ += ',';
    stripped_ += cursor.since(start);
  }
  if (cursor.broken() || !changed) return properties;
  return stripped_ += '}';
}

std::string ReservedProperties::address_of(std::string_view stated) const {
  // "$remote" is what Amplitude's clients say for the address that the request comes from.
  const auto said = IpAddress::parse(stated);
  const auto address = said ? said : IpAddress::parse(settings_.sender.address);
  if (!address) return {};
  return (settings_.address_rule == AddressRule::truncate ? address->truncated() : *address).to_string();
}

std::string_view ReservedProperties::screen(std::string_view properties, std::string_view stated) {
  left_out_ = false;
  named_.clear();
  std::string_view kept = properties;
  if (may_hold_reserved(properties)) kept = strip(properties);
  if (settings_.address_rule == AddressRule::drop) return kept;
  const std::string address = address_of(named_.empty() ? stated : std::string_view(named_));
  if (address.empty()) return kept;
  with_address_.assign("{\"").append(kAddressProperty).append("\":\"").append(address).append("\"");
  if (kept.empty() || is_blank_object(kept)) return with_address_ += '}';
  return with_address_.append(",").append(kept.substr(1));
}

}  // namespace gm::event_ingestion
