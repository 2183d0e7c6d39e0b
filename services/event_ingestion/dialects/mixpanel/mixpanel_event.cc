#include "services/event_ingestion/dialects/mixpanel/mixpanel_event.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "services/event_ingestion/decoding/amount.h"

namespace gm::event_ingestion {
namespace {

using codec::JsonCursor;
using codec::JsonKind;
using codec::JsonText;
using codec::JsonValue;

struct Name {
  std::string_view theirs, ours;
};
// What their SDKs send by themselves. Any other name is the game's own and stays.
constexpr Name kNames[] = {
    {"$ae_first_open", "first_open"}, {"$ae_session", "session_end"}, {"$ae_iap", "purchase"},
    {"$ae_crashed", "crash"},         {"$merge", "$create_alias"},    {"$mp_web_page_view", "$pageview"},
};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// "61", "61.5": then it is a number of JSON, too, also where a client wrote it as text.
bool is_plain_number(std::string_view text) {
  const std::string_view whole = text.substr(0, text.find('.'));
  const std::string_view rest = text.substr(whole.size());
  if (whole.empty() || (whole.size() > 1 && whole[0] == '0') || rest == ".") return false;
  return std::all_of(whole.begin(), whole.end(), is_digit) &&
         (rest.empty() || std::all_of(rest.begin() + 1, rest.end(), is_digit));
}

bool is_scalar(const JsonValue& value) { return value.kind == JsonKind::string || value.kind == JsonKind::number; }

}  // namespace

// Between the two lie the years 1973 (as milliseconds) and 5138 (as seconds).
std::optional<int64_t> mixpanel_time_ms(const JsonValue& value, TextStore& texts) {
  if (value.kind == JsonKind::string) return parse_time_ms(texts.of(value), false);
  if (value.kind != JsonKind::number) return std::nullopt;
  double number = 0;
  const auto [end, error] = std::from_chars(value.raw.data(), value.raw.data() + value.raw.size(), number);
  if (error != std::errc{} || std::abs(number) >= 1e14) return std::nullopt;
  constexpr double kMillisecondsFrom = 1e11;
  return std::llround(std::abs(number) < kMillisecondsFrom ? number * 1000 : number);
}

bool is_mixpanel_placeholder(std::string_view player) {
  return player == "anon" || player == "nil" || player == "n/a" || player == "N/A";
}

bool is_address(std::string_view property) { return property == "ip" || property == "$ip"; }

void MixpanelEvent::put(std::string_view name, std::string_view text) {
  if (text.empty()) return;
  if (is_plain_number(text)) return properties_.number(name, text);
  properties_.text(name, text);
}

bool MixpanelEvent::identity(std::string_view key, const JsonValue& value, FoundEvent& found) {
  if (key == "token") {
    if (value.kind == JsonKind::string) token_ = reader_.texts().of(value);
    return true;
  }
  if (key == "distinct_id") {
    if (value.kind == JsonKind::null) return true;
    if (is_scalar(value)) {
      distinct_id_ = reader_.texts().of(value);
    } else {
      reader_.note(Tag::player_id_invalid);
    }
    return true;
  }
  if (key == "$insert_id") {
    if (value.kind == JsonKind::string) {
      insert_id_ = reader_.texts().of(value);
    } else if (value.kind != JsonKind::null) {
      reader_.note(Tag::event_id_invalid);
    }
    return true;
  }
  if (is_address(key)) {
    if (value.kind == JsonKind::string) found.address = reader_.texts().of(value);
    return true;
  }
  if (key != "time") return false;
  if (value.kind == JsonKind::null) return true;
  time_ = value.raw;
  const auto time_ms = mixpanel_time_ms(value, reader_.texts());
  if (!time_ms) reader_.note(Tag::event_time_invalid);
  found.has_time = time_ms.has_value();
  found.event.time_ms = time_ms.value_or(0);
  return true;
}

// What becomes a dimension stays a property, too: reports of the game know it by their name for it.
void MixpanelEvent::dimension(std::string_view key, const JsonValue& value, FoundEvent& found) {
  event::Event& event = found.event;
  const std::string_view text = reader_.texts().of(value);
  if (text.size() > kNameBytesMax) return;
  if (key == "$os") event.platform = text;
  if (key == "mp_country_code" && text.size() == 2) event.country = text;
  if (key == "$model" || (key == "$device" && event.device.empty())) event.device = text;
  if (key == "$app_version_string" || (key == "$app_version" && event.build.empty())) event.build = text;
  if (key == "$session_id") event.session = text;
  if (key == "$user_id") user_id_ = text;
  if (key == "$device_id") device_id_ = text;
  if (key == "$identified_id") identified_id_ = text;
  if (key == "$anon_id") anon_id_ = text;
  if (key == "$currency" || (key == "currency" && currency_.empty())) currency_ = text;
  if (key == "$revenue" || (key == "revenue" && revenue_.empty())) revenue_ = text;
  if (key == "$ae_session_length") length_ = text;
  if (key == "$ae_crashed_reason") reason_ = text;
  if (key == "$ae_iap_name") product_ = text;
  if (key == "$ae_iap_quantity") quantity_ = text;
}

bool MixpanelEvent::property(std::string_view key, const JsonValue& value, FoundEvent& found) {
  if (identity(key, value, found)) return true;
  if (is_scalar(value)) dimension(key, value, found);
  if (key == "$distinct_ids" && value.kind == JsonKind::array) {
    thread_local codec::JsonIndex index;  // the slice lies inside the request, behind which enough bytes can be read
    if (!index.read(value.raw)) return false;
    JsonCursor cursor(index);
    for (bool more = cursor.begin_array(); more; more = cursor.next_element()) {
      const JsonValue one = cursor.value();
      if (one.kind != JsonKind::string) continue;
      std::string_view& target = merged_first_.empty() ? merged_first_ : merged_second_;
      target = reader_.texts().of(one);
    }
  }
  return false;
}

void MixpanelEvent::properties(FoundEvent& found) {
  JsonCursor& cursor = reader_.cursor();
  if (cursor.peek() != '{') {
    if (reader_.value().kind != JsonKind::null) reader_.note(Tag::properties_invalid);
    return;
  }
  uint32_t members = 0;
  for (bool more = cursor.begin_object(); more; more = cursor.next_member()) {
    const JsonText key = cursor.key();
    const JsonValue value = cursor.value();
    members += 1 + value.members;
    reader_.check(key.is_text && value.is_text, 1 + value.depth, members);
    if (!property(reader_.texts().of(key), value, found)) properties_.member(key, value);
  }
}

void MixpanelEvent::player(FoundEvent& found) {
  std::string_view& player = found.event.player;
  player = distinct_id_;
  if (player.empty()) player = identified_id_;
  if (player.empty()) player = merged_first_;
  if (player.empty()) player = user_id_;
  if (player.empty() && !device_id_.empty()) player = reader_.texts().keep("$device:" + std::string(device_id_));
  if (is_mixpanel_placeholder(player)) reader_.note(Tag::player_id_refused);
}

// Mixpanel tells repeats by name, player, time and $insert_id together: games use short ids again in other events.
void MixpanelEvent::id(FoundEvent& found) {
  if (insert_id_.empty()) return;
  found.id_text = insert_id_;
  if (insert_id_.size() > kNameBytesMax || Uuid::parse(insert_id_)) return;
  std::string all(found.event.name);
  for (const std::string_view part : {found.event.player, time_, insert_id_}) all.append(1, '\n').append(part);
  found.id_text = reader_.texts().keep(Uuid::derived_from(all).to_string());
}

// A property called "revenue" need not be money: only what reads as an amount with a currency counts.
void MixpanelEvent::money(event::Event& event) {
  if (revenue_.empty()) return;
  const auto micros = parse_micros(revenue_);
  if (!micros || !read_currency(currency_, currency_text_)) return;
  event.revenue_micros = micros;
  event.currency = std::string_view(currency_text_.data(), currency_text_.size());
}

void MixpanelEvent::rename(FoundEvent& found) {
  std::string_view& name = found.event.name;
  const auto* const known =
      std::find_if(std::begin(kNames), std::end(kNames), [&](const Name& one) { return one.theirs == name; });
  if (known != std::end(kNames)) name = known->ours;
  if (name == "session_end") put("seconds", length_);
  if (name == "crash") put("message", reason_);
  if (name == "purchase") {
    put("product", product_);
    put("quantity", quantity_);
  }
  if (name == "$identify" && !anon_id_.empty()) properties_.text("$anon_distinct_id", anon_id_);
  if (name == "$create_alias" && !merged_second_.empty()) properties_.text("alias", merged_second_);
}

std::optional<Tag> MixpanelEvent::read(FoundEvent& found) {
  JsonCursor& cursor = reader_.cursor();
  for (bool more = cursor.begin_object(); more; more = cursor.next_member()) {
    const JsonText key = cursor.key();
    const std::string_view name = reader_.texts().of(key);
    if (!key.is_text) reader_.note(Tag::text_invalid);
    if (name == "properties") {
      properties(found);
    } else if (name == "event") {
      reader_.text(found.event.name, Tag::event_name_invalid);
    } else {
      properties_.member(key, reader_.value());  // such as the $mp_metadata of the mobile SDKs
    }
  }
  player(found);
  id(found);
  rename(found);
  money(found.event);
  text_ = std::move(properties_).finish();
  found.event.properties = text_;
  return reader_.wrong();
}

}  // namespace gm::event_ingestion
