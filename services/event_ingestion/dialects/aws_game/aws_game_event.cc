#include "services/event_ingestion/dialects/aws_game/aws_game_event.h"

#include <charconv>
#include <cmath>

#include "lib/base/calendar_range.h"

namespace gm::event_ingestion {
namespace {

using codec::JsonKind;
using codec::JsonValue;

// The events of the pipeline's sample game (its data generator), which most of its users began with.
constexpr AwsGameKind kKinds[] = {
    {"user_registration", "first_open"}, {"login", "session_start"},
    {"logout", "session_end"},           {"tutorial_progression", "tutorial_step"},
    {"level_started", "level_start"},    {"level_completed", "level_complete"},
    {"level_failed", "level_fail"},      {"iap_transaction", "purchase"},
};

// Members of event_data, and the property of the game model that is the same. They stay under their own name, too.
struct Renamed {
  std::string_view event, theirs, ours;
};
constexpr Renamed kProperties[] = {
    {"tutorial_step", "tutorial_screen_id", "step"},
    {"level_start", "level_id", "level"},
    {"level_complete", "level_id", "level"},
    {"level_fail", "level_id", "level"},
    {"purchase", "item_id", "product"},
    {"purchase", "item_amount", "quantity"},
    {"purchase", "transaction_id", "transaction"},
    {"session_end", "session_length", "seconds"},
};

// The generator's own names of currencies.
constexpr AwsGameKind kCurrencies[] = {{"YEN", "JPY"}, {"RMB", "CNY"}};

constexpr std::string_view kPlayer[] = {"player_id", "user_id", "playerId", "userId"};
constexpr std::string_view kSession[] = {"session_id", "sessionId"};
constexpr std::string_view kCountry[] = {"country_id", "country"};
constexpr std::string_view kPlatform[] = {"platform"};
constexpr std::string_view kDevice[] = {"device", "device_model"};

constexpr double kSecondsMax = 1e11;  // year 5138; what is larger is milliseconds

// Seconds since 1970 as the pipeline has it, whole or not, as a number or its text; milliseconds are told by their
// size.
std::optional<int64_t> parse_seconds(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || !std::isfinite(value) || value < 0)
    return std::nullopt;
  const double ms = value < kSecondsMax ? std::round(value * 1000) : value;
  if (ms >= double{kYear10000Ms}) return std::nullopt;
  return static_cast<int64_t>(ms);
}

}  // namespace

const AwsGameKind* aws_game_kind(std::string_view name_or_type) {
  for (const AwsGameKind& kind : kKinds) {
    if (kind.theirs == name_or_type) return &kind;
  }
  return nullptr;
}

std::optional<Tag> AwsGameEvent::read(FoundEvent& found) {
  codec::JsonCursor& cursor = reader_.cursor();
  uint32_t members = 0;
  for (bool more = cursor.begin_object(); more; more = cursor.next_member()) {
    reader_.check(true, 0, ++members);
    const codec::JsonText key = cursor.key();
    if (members > limits_.properties_max) {
      cursor.value();
    } else {
      member(key, found);
    }
  }
  event::Event& event = found.event;
  name(event);
  event.player = data_.first_of(kPlayer);
  event.session = data_.dimension(kSession);
  event.country = data_.dimension(kCountry);
  event.platform = data_.dimension(kPlatform);
  event.device = data_.dimension(kDevice);
  money(event);
  event.properties = properties(event.name);
  return reader_.wrong();
}

void AwsGameEvent::member(const codec::JsonText& key, FoundEvent& found) {
  const std::string_view name = reader_.texts().of(key);
  if (name == "event_id") return reader_.text(found.id_text, Tag::event_id_invalid);
  if (name == "event_type") return reader_.text(type_, Tag::event_name_invalid);
  if (name == "event_name") return reader_.text(name_, Tag::event_name_invalid);
  if (name == "event_version") return reader_.text(version_, Tag::field_invalid);
  if (name == "app_version") return reader_.text(found.event.build, Tag::field_invalid);
  if (name == "event_timestamp") return time(found);
  if (name == "event_data") return data();
  if (!key.is_text) reader_.note(Tag::text_invalid);
  others_.member(key, reader_.value());
}

void AwsGameEvent::time(FoundEvent& found) {
  const JsonValue value = reader_.value();
  if (value.kind == JsonKind::null) return;
  const bool readable = value.kind == JsonKind::number || value.kind == JsonKind::string;
  auto time = readable ? parse_seconds(reader_.texts().of(value)) : std::nullopt;
  if (!time && value.kind == JsonKind::string) time = parse_time_ms(reader_.texts().of(value), false);
  if (!time) return reader_.note(Tag::event_time_invalid);
  found.has_time = true;
  found.event.time_ms = *time;
}

void AwsGameEvent::data() {
  if (reader_.cursor().peek() == '{') return data_.read(reader_, limits_, 1);
  if (reader_.value().kind != JsonKind::null) reader_.note(Tag::properties_invalid);
}

// Games put several events of their own under one type: the name says more, but a type of the model is understood.
void AwsGameEvent::name(event::Event& event) const {
  const AwsGameKind* kind = aws_game_kind(name_);
  if (kind == nullptr) kind = aws_game_kind(type_);
  event.name = kind != nullptr ? kind->ours : (name_.empty() ? type_ : name_);
}

// The amount of a currency is money in a purchase only: games count their gems in the same members.
void AwsGameEvent::money(event::Event& event) {
  if (event.name != "purchase") return;
  std::string_view currency = data_.text("currency_type");
  for (const AwsGameKind& one : kCurrencies) {
    if (one.theirs == currency) currency = one.ours;
  }
  data_.money(data_.text("currency_amount"), currency, event);
}

std::string_view AwsGameEvent::properties(std::string_view name) {
  PropertyWriter out;
  for (const Renamed& one : kProperties) {
    if (one.event == name) out.json(one.ours, data_.json(one.theirs));
  }
  data_.write(out);
  if (!name_.empty() && name_ != name) out.text("event_name", name_);
  if (!type_.empty() && type_ != name) out.text("event_type", type_);
  if (!version_.empty()) out.text("event_version", version_);
  if (!application_.empty()) out.text("application_id", application_);
  if (!others_.empty()) out.json("unknown", std::move(others_).finish());
  return reader_.texts().keep(std::move(out).finish());
}

}  // namespace gm::event_ingestion
