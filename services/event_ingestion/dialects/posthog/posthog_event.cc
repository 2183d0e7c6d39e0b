#include "services/event_ingestion/dialects/posthog/posthog_event.h"

#include <algorithm>

#include "lib/security/keys.h"
#include "services/event_ingestion/decoding/amount.h"

namespace gm::event_ingestion {
namespace {

using codec::JsonCursor;
using codec::JsonKind;
using codec::JsonValue;

// The first that says something.
std::string_view first_of(std::initializer_list<std::string_view> texts) {
  for (const std::string_view text : texts) {
    if (!text.empty()) return text;
  }
  return {};
}

// A dimension too long to be one stays in the properties only.
std::string_view dimension(std::string_view text) { return text.size() > kNameBytesMax ? std::string_view() : text; }

// Cut to the limit, not inside a UTF-8 sequence.
std::string_view cut_id(std::string_view id) {
  if (id.size() <= kNameBytesMax) return id;
  size_t cut = kNameBytesMax;
  while (cut > 0 && (static_cast<unsigned char>(id[cut]) & 0xC0) == 0x80) --cut;
  return id.substr(0, cut);
}

}  // namespace

void PosthogEvent::member(std::string_view key, FoundEvent& found) {
  if (key == "properties") return properties(found);
  if (key == "event") return reader_.text(found.event.name, Tag::event_name_invalid);
  if (key == "uuid") return reader_.text(found.id_text, Tag::event_id_invalid);
  if (key == "timestamp") {
    if (!reader_.time(found.event.time_ms)) return;
    found.has_time = true;
    found.event.flags &= static_cast<uint16_t>(~event::kServerClock);
    return;
  }
  const JsonValue value = reader_.value();
  if (key == "distinct_id" || key == "$distinct_id") {
    player(value);
  } else if (key == "offset") {
    offset(value, found);
  } else if (key == "$set" && value.kind == JsonKind::object) {
    set_ = value.raw;
  } else if (key == "$set_once" && value.kind == JsonKind::object) {
    set_once_ = value.raw;
  } else if ((key == "api_key" || key == "token" || key == "$token") && value.kind == JsonKind::string) {
    token_ = reader_.texts().of(value);
  }
}

// Numbers and containers are taken as their text, as the original does.
void PosthogEvent::player(const JsonValue& value) {
  if (value.kind == JsonKind::null) return;
  if (value.kind == JsonKind::boolean) return reader_.note(Tag::player_id_invalid);
  player_ = reader_.texts().of(value);
}

// How long before it was sent the event happened; a timestamp says it better.
void PosthogEvent::offset(const JsonValue& value, FoundEvent& found) {
  if (value.kind != JsonKind::number || found.has_time) return;
  const auto before = parse_time_ms(value.raw, true);
  if (!before) return reader_.note(Tag::event_time_invalid);
  found.event.time_ms = received_ms_ - *before;
  found.event.flags |= event::kServerClock;
  found.has_time = true;
}

void PosthogEvent::properties(FoundEvent& found) {
  JsonCursor& cursor = reader_.cursor();
  if (cursor.peek() != '{') {
    if (reader_.value().kind != JsonKind::null) reader_.note(Tag::properties_invalid);
    return;
  }
  const size_t start = cursor.position();
  uint32_t members = 0;
  for (bool more = cursor.begin_object(); more; more = cursor.next_member()) {
    const size_t member = cursor.position();
    const std::string_view key = reader_.key();
    const JsonValue value = cursor.value();
    members += 1 + value.members;
    reader_.check(value.is_text, 1 + value.depth, members);
    property(key, value);
    const bool may_be_key = key == "token" || key == "$token";
    if (may_be_key && security::looks_like_key(token_)) key_member_ = cursor.since(member);
  }
  found.event.properties = cursor.since(start);
}

void PosthogEvent::property(std::string_view key, const JsonValue& value) {
  if (value.kind != JsonKind::string && value.kind != JsonKind::number) return;
  const auto take = [&](std::string_view& target) { target = reader_.texts().of(value); };
  switch (key.size()) {
    case 3:
      if (key == "$os") take(os_);
      break;
    case 5:
      if (key == "token") take(token_);
      break;
    case 6:
      if (key == "$build") take(build_);
      if (key == "$token") take(token_);
      break;
    case 7:
      if (key == "revenue") take(revenue_);
      break;
    case 8:
      if (key == "$os_name") take(os_name_);
      if (key == "platform") take(platform_);
      if (key == "currency") take(currency_);
      if (key == "$revenue") take(revenue_);
      break;
    case 9:
      if (key == "$currency") take(currency_);
      break;
    case 10:
      if (key == "$app_build") take(app_build_);
      break;
    case 11:
      if (key == "$session_id") take(session_);
      if (key == "distinct_id") take(property_player_);
      break;
    case 12:
      if (key == "$app_version") take(app_version_);
      if (key == "$device_type") take(device_type_);
      break;
    case 13:
      if (key == "$device_model") take(device_);
      break;
    case 19:
      if (key == "$geoip_country_code") take(country_);
      break;
    default:
      break;
  }
}

std::optional<Tag> PosthogEvent::complete(FoundEvent& found) {
  event::Event& event = found.event;
  event.player = cut_id(first_of({player_, property_player_}));
  event.session = dimension(session_);
  event.country = dimension(country_);
  event.platform = dimension(first_of({os_name_, os_, platform_}));
  event.device = dimension(first_of({device_, device_type_}));
  event.build = dimension(first_of({app_version_, app_build_, build_}));
  money(event);
  if (!key_member_.empty()) event.properties = without_key(event.properties);
  if (!set_.empty() || !set_once_.empty()) event.properties = merged_properties(event.properties);
  return reader_.wrong();
}

// A property called "revenue" need not be money: only what reads as an amount with a currency counts.
void PosthogEvent::money(event::Event& event) {
  if (revenue_.empty()) return;
  const auto micros = parse_micros(revenue_);
  if (!micros || !read_currency(currency_, currency_text_)) return;
  event.revenue_micros = micros;
  event.currency = std::string_view(currency_text_.data(), currency_text_.size());
}

// Browsers send the key as a property of each event; what is stored is read by people who may not send.
std::string_view PosthogEvent::without_key(std::string_view properties) {
  constexpr std::string_view kBlank = " \t\r\n";
  const size_t begin = static_cast<size_t>(key_member_.data() - properties.data());
  std::string_view before = properties.substr(0, begin);
  std::string_view after = properties.substr(begin + key_member_.size());
  after.remove_prefix(std::min(after.find_first_not_of(kBlank), after.size()));
  if (after.starts_with(',')) {
    after.remove_prefix(1);
  } else {
    const size_t last = before.find_last_not_of(kBlank);
    if (before[last] == ',') before = before.substr(0, last);
  }
  return reader_.texts().keep(std::string(before).append(after));
}

// Old SDKs send $set beside the properties, new ones inside: it is kept where the new ones have it. Members of the
// properties come last, so that they win over an equal name.
std::string_view PosthogEvent::merged_properties(std::string_view properties) {
  std::string merged = "{";
  const auto add = [&](std::string_view name, std::string_view raw) {
    if (raw.empty()) return;
    if (merged.size() > 1) merged += ',';
    merged.append("\"").append(name).append("\":").append(raw);
  };
  add("$set", set_);
  add("$set_once", set_once_);
  const std::string_view rest = properties.empty() ? std::string_view("}") : properties.substr(1);
  if (rest[rest.find_first_not_of(" \t\r\n")] != '}') merged += ',';
  return reader_.texts().keep(merged.append(rest));
}

}  // namespace gm::event_ingestion
