#include "services/event_ingestion/dialects/gameanalytics/gameanalytics_mapping.h"

#include <algorithm>
#include <charconv>

#include "services/event_ingestion/decoding/amount.h"
#include "services/event_ingestion/decoding/batch_builder.h"

namespace gm::event_ingestion {
namespace {

using codec::JsonCursor;
using codec::JsonKind;
using codec::JsonValue;

using Draft = GameAnalyticsDraft;
constexpr size_t kPartCharsMax = 64;
constexpr size_t kEventIdCharsMax = 5 * kPartCharsMax + 4;
constexpr size_t kMessageCharsMax = 8192;
constexpr size_t kShortCharsMax = 32;

bool is_letter(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_part_character(char c) {
  return is_letter(c) || is_digit(c) || std::string_view(" \t\n\v\f\r-_.()!?").find(c) != std::string_view::npos;
}
bool is_whole(std::string_view number) {
  return std::all_of(number.begin() + (number.starts_with('-') ? 1 : 0), number.end(), is_digit);
}

// Finite; -0 and 0.0 are zero.
bool read_number(std::string_view text, double& out) {
  return std::from_chars(text.data(), text.data() + text.size(), out).ec == std::errc{};
}

void put(Draft& draft, std::string_view name, std::string_view text) {
  if (!text.empty()) draft.properties.text(name, text);
}

bool event_id(Draft& draft, size_t parts_max, std::string_view& out) {
  return draft.fields.text("event_id", kEventIdCharsMax, Presence::required, out) && is_event_id(out, parts_max);
}

bool map_session_start(Draft& draft) {
  draft.event.name = "session_start";
  return true;
}

bool map_session_end(Draft& draft) {
  draft.event.name = "session_end";
  std::string_view length;
  double seconds = 0;
  if (!draft.fields.number("length", Presence::required, length) || !read_number(length, seconds)) return false;
  draft.properties.number("seconds", length);
  return seconds >= 0;
}

// Whole cents become money: exactly, for two digits less are far from the limits of millionths.
bool map_business(Draft& draft) {
  draft.event.name = "purchase";
  std::string_view id, cents, currency, cart;
  if (!event_id(draft, 2, id) || id.find(':') == std::string_view::npos) return false;
  if (!draft.fields.number("amount", Presence::required, cents) || !is_whole(cents)) return false;
  if (!draft.fields.text("currency", 3, Presence::required, currency)) return false;
  if (!draft.fields.text("cart_type", kShortCharsMax, Presence::optional, cart)) return false;
  const auto micros = parse_micros(cents);
  if (!micros || *micros < 0 || !read_currency(currency, draft.currency)) return false;
  draft.event.revenue_micros = *micros / 100;
  draft.event.currency = std::string_view(draft.currency.data(), draft.currency.size());
  const auto [item_type, product] = split_event_id(id);
  put(draft, "product", product);
  put(draft, "item_type", item_type);
  put(draft, "cart_type", cart);
  if (const JsonValue* number = draft.fields.peek("transaction_num")) {
    draft.properties.json("transaction", json_source(*number));
    draft.fields.drop("transaction_num");
  }
  return true;
}

// SDKs send what was spent as a negative amount; the canonical event says it with its name.
bool map_resource(Draft& draft) {
  std::string_view id, amount;
  if (!event_id(draft, 4, id) || std::count(id.begin(), id.end(), ':') != 3) return false;
  const auto [flow, what] = split_event_id(id);
  const bool is_sink = flow == "Sink";
  if (!is_sink && flow != "Source") return false;
  draft.event.name = is_sink ? "economy_sink" : "economy_source";
  double value = 0;
  if (!draft.fields.number("amount", Presence::required, amount) || !read_number(amount, value)) return false;
  if (value == 0 || (value < 0 && !is_sink)) return false;
  const auto [currency, item] = split_event_id(what);
  const auto [item_type, item_id] = split_event_id(item);
  put(draft, "currency", currency);
  draft.properties.number("amount", amount.substr(value < 0 ? 1 : 0));
  put(draft, "item_type", item_type);
  put(draft, "item", item_id);
  return std::all_of(currency.begin(), currency.end(), is_letter);
}

bool map_progression(Draft& draft) {
  std::string_view id, score, attempt;
  if (!event_id(draft, 4, id)) return false;
  const auto [status, level] = split_event_id(id);
  if (level.empty()) return false;
  if (status == "Start") {
    draft.event.name = "level_start";
  } else if (status == "Fail") {
    draft.event.name = "level_fail";
  } else if (status == "Complete") {
    draft.event.name = "level_complete";
  } else {
    return false;
  }
  put(draft, "level", level);
  if (!draft.fields.number("score", Presence::optional, score)) return false;
  if (!draft.fields.number("attempt_num", Presence::optional, attempt)) return false;
  draft.properties.number("score", score);
  draft.properties.number("attempt", attempt);
  return true;
}

// The game's own events: the id is the name. One too long for a name is cut at a colon and kept whole beside it.
bool map_design(Draft& draft) {
  std::string_view id, value;
  if (!event_id(draft, 5, id) || !draft.fields.number("value", Presence::optional, value)) return false;
  draft.event.name = id.size() <= kNameBytesMax ? id : id.substr(0, id.rfind(':', kNameBytesMax));
  if (id.size() > kNameBytesMax) put(draft, "event_id", id);
  draft.properties.number("value", value);
  return true;
}

bool map_error(Draft& draft) {
  draft.event.name = "error";
  constexpr std::array<std::string_view, 5> kSeverities = {"debug", "info", "warning", "error", "critical"};
  std::string_view severity, message;
  if (!draft.fields.text("severity", kShortCharsMax, Presence::required, severity)) return false;
  if (!draft.fields.text("message", kMessageCharsMax, Presence::optional, message)) return false;
  put(draft, "kind", severity);
  put(draft, "message", message);
  return std::find(kSeverities.begin(), kSeverities.end(), severity) != kSeverities.end();
}

std::string_view ad_event(std::string_view action) {
  if (action == "show") return "ad_impression";
  if (action == "clicked") return "ad_click";
  if (action == "reward_received") return "ad_reward";
  if (action == "failed_show") return "ad_fail";
  return {};
}

bool map_ads(Draft& draft) {
  GameAnalyticsFields& fields = draft.fields;
  std::string_view action, format, network, placement, reason;
  if (!fields.text("ad_action", kShortCharsMax, Presence::required, action)) return false;
  if (!fields.text("ad_type", kShortCharsMax, Presence::required, format)) return false;
  if (!fields.text("ad_sdk_name", kShortCharsMax, Presence::required, network)) return false;
  if (!fields.text("ad_placement", kPartCharsMax, Presence::required, placement)) return false;
  if (!fields.text("ad_fail_show_reason", kPartCharsMax, Presence::optional, reason)) return false;
  draft.event.name = ad_event(action);
  // Newer SDKs know more actions, such as that an ad was asked for or loaded.
  if (draft.event.name.empty()) {
    draft.event.name = "ads";
    put(draft, "ad_action", action);
  }
  put(draft, "placement", placement);
  put(draft, "format", format);
  put(draft, "network", network);
  put(draft, "reason", reason);
  return true;
}

// What the ad network said of one impression. It stays whole among the properties; names differ between networks.
void read_impression_data(const JsonValue& data, Draft& draft) {
  thread_local codec::JsonIndex index;
  // The slice lies inside the request, behind which enough bytes can be read.
  if (data.kind != JsonKind::object || !index.read(data.raw)) return;
  std::string_view revenue, currency;
  JsonCursor cursor(index);
  for (bool more = cursor.begin_object(); more; more = cursor.next_member()) {
    const std::string_view key = cursor.key().raw;
    const JsonValue value = cursor.value();
    const bool is_text = value.kind == JsonKind::string && !value.escaped;
    if (key == "publisher_revenue" || (key == "revenue" && revenue.empty())) revenue = value.raw;
    if (key == "currency" && is_text) currency = value.raw;
    if (key == "adunit_format" && is_text) draft.properties.json("format", json_source(value));
    if ((key == "placement" || key == "adunit_name") && is_text) draft.properties.json("placement", json_source(value));
  }
  const auto micros = parse_micros(revenue);
  if (!micros || *micros < 0 || !read_currency(currency, draft.currency)) return;
  draft.event.revenue_micros = micros;
  draft.event.currency = std::string_view(draft.currency.data(), draft.currency.size());
}

bool map_impression(Draft& draft) {
  draft.event.name = "ad_impression";
  std::string_view network;
  if (!draft.fields.text("ad_network_name", kPartCharsMax, Presence::required, network)) return false;
  put(draft, "network", network);
  const JsonValue* data = draft.fields.peek("impression_data");
  if (data == nullptr) return true;
  read_impression_data(*data, draft);
  return data->kind == JsonKind::object;
}

// What an SDK says of itself, mostly that the game called it wrongly. It names no player, so that it ends among the
// rejected events, where a developer looks.
bool map_sdk_error(Draft& draft) {
  draft.event.name = "error";
  std::string_view category, reason;
  if (!draft.fields.text("error_category", kPartCharsMax, Presence::required, category)) return false;
  if (!draft.fields.text("reason", kMessageCharsMax, Presence::optional, reason)) return false;
  put(draft, "kind", category);
  put(draft, "message", reason);
  return true;
}

struct Category {
  std::string_view name;
  bool (*map)(Draft&);
};
// sdk_init and health are about the device and mean the same in no other dialect: they keep their names.
constexpr Category kCategories[] = {
    {"user", map_session_start},      {"session_end", map_session_end},
    {"business", map_business},       {"resource", map_resource},
    {"design", map_design},           {"error", map_error},
    {"progression", map_progression}, {"ads", map_ads},
    {"impression", map_impression},   {"sdk_error", map_sdk_error},
};

}  // namespace

EventIdParts split_event_id(std::string_view event_id) {
  const size_t colon = event_id.find(':');
  if (colon == std::string_view::npos) return {event_id, {}};
  return {event_id.substr(0, colon), event_id.substr(colon + 1)};
}

bool is_event_id(std::string_view event_id, size_t parts_max) {
  for (size_t parts = 1; parts <= parts_max; ++parts) {
    const size_t colon = event_id.find(':');
    const std::string_view part = event_id.substr(0, colon);
    if (part.empty() || part.size() > kPartCharsMax || !std::all_of(part.begin(), part.end(), is_part_character))
      return false;
    if (colon == std::string_view::npos) return true;
    event_id.remove_prefix(colon + 1);
  }
  return false;
}

bool map_gameanalytics(std::string_view category, GameAnalyticsDraft& draft) {
  const auto* const known = std::find_if(std::begin(kCategories), std::end(kCategories),
                                         [&](const Category& one) { return one.name == category; });
  if (known != std::end(kCategories)) return known->map(draft);
  draft.event.name = category;
  return true;
}

}  // namespace gm::event_ingestion
