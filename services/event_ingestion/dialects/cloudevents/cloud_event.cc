#include "services/event_ingestion/dialects/cloudevents/cloud_event.h"

#include <algorithm>

#include "lib/codec/text_codecs.h"

namespace gm::event_ingestion {
namespace {

using codec::JsonKind;
using codec::JsonValue;

// The game model's names: a type such as "com.example.game.level_start" or "level_start.v1" means the event.
constexpr std::string_view kNames[] = {
    "first_open",  "session_start",  "session_end", "tutorial_step",  "tutorial_complete",
    "level_start", "level_complete", "level_fail",  "economy_source", "economy_sink",
    "purchase",    "ad_impression",  "ad_click",    "ad_reward",      "ad_fail",
    "error",       "crash",          "store_open"};

constexpr std::string_view kPlayer[] = {"player_id", "user_id"};
constexpr std::string_view kSession[] = {"session_id"};
constexpr std::string_view kCountry[] = {"country"};
constexpr std::string_view kPlatform[] = {"platform"};
constexpr std::string_view kDevice[] = {"device"};
constexpr std::string_view kBuild[] = {"build", "app_version"};

std::string_view take_last_segment(std::string_view& type) {
  const size_t dot = type.rfind('.');
  const std::string_view last = dot == std::string_view::npos ? type : type.substr(dot + 1);
  type = dot == std::string_view::npos ? std::string_view() : type.substr(0, dot);
  return last;
}

bool is_version(std::string_view segment) {
  return segment.size() > 1 && segment[0] == 'v' &&
         std::all_of(segment.begin() + 1, segment.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

void CloudEvent::attribute(std::string_view name, std::string_view text, std::string_view json) {
  attributes_.value(name, json);
  if (name == "id") id_ = text;
  if (name == "source") source_ = text;
  if (name == "type") type_ = text;
  if (name == "subject") subject_ = text;
  if (name == "specversion") specversion_ = text;
  if (name == "time") time_ = text;
  if (name == "playerid") player_ = text;
  if (name == "sessionid") session_ = text;
}

void CloudEvent::data() {
  if (reader_.cursor().peek() == '{') return members_.read(reader_, limits_, 1);
  const JsonValue value = reader_.value();
  if (value.kind != JsonKind::null) data_ = json_source(value);
}

void CloudEvent::data_bytes(std::string_view bytes) {
  if (bytes.empty()) return;
  if (codec::is_utf8(bytes)) {
    data_ = reader_.texts().keep(json_quoted(bytes));
  } else {
    data_base64_ = reader_.texts().keep(json_quoted(codec::base64_encode(bytes)));
  }
}

void CloudEvent::member(const codec::JsonText& key) {
  const std::string_view name = reader_.texts().of(key);
  if (!key.is_text) reader_.note(Tag::text_invalid);
  if (name == "data") return data();
  const JsonValue value = reader_.value();
  if (value.kind == JsonKind::null) return;
  if (value.kind == JsonKind::object || value.kind == JsonKind::array) return reader_.note(Tag::field_invalid);
  const bool is_text = value.kind == JsonKind::string;
  if (name == "data_base64") {
    if (!is_text) return reader_.note(Tag::field_invalid);
    data_base64_ = json_source(value);
    return;
  }
  // Those of the specification are strings; extensions may be numbers and booleans.
  if (!is_text && (name == "id" || name == "source" || name == "type" || name == "subject" || name == "specversion" ||
                   name == "time")) {
    return reader_.note(name == "id" ? Tag::event_id_invalid : Tag::field_invalid);
  }
  attribute(name, reader_.texts().of(value), json_source(value));
}

void CloudEvent::name(event::Event& event) const {
  event.name = type_;
  std::string_view rest = type_;
  std::string_view last = take_last_segment(rest);
  if (is_version(last)) last = take_last_segment(rest);
  if (std::find(std::begin(kNames), std::end(kNames), last) != std::end(kNames)) event.name = last;
}

std::optional<Tag> CloudEvent::missing() const {
  if (reader_.wrong()) return reader_.wrong();
  if (type_.empty()) return Tag::event_name_missing;
  if (id_.empty()) return Tag::event_id_invalid;
  if (source_.empty() || specversion_ != "1.0") return Tag::field_invalid;
  return std::nullopt;
}

std::optional<Tag> CloudEvent::complete(FoundEvent& found) {
  event::Event& event = found.event;
  name(event);
  event.player = player_.empty() ? members_.first_of(kPlayer) : player_;
  if (event.player.empty()) event.player = subject_;
  event.session = session_.empty() || session_.size() > kNameBytesMax ? members_.dimension(kSession) : session_;
  event.country = members_.dimension(kCountry);
  event.platform = members_.dimension(kPlatform);
  event.device = members_.dimension(kDevice);
  event.build = members_.dimension(kBuild);
  members_.money(members_.text("revenue"), members_.text("currency"), event);
  event.properties = properties();
  if (!time_.empty()) {
    const auto time = parse_time_ms(time_, false);
    if (!time) reader_.note(Tag::event_time_invalid);
    found.has_time = time.has_value();
    event.time_ms = time.value_or(0);
  }
  if (const auto wrong = missing()) return wrong;
  // An id is unique within its source only.
  const Uuid id = Uuid::derived_from(std::string(source_) + '\n' + std::string(id_));
  found.id_text = reader_.texts().keep(id.to_string());
  return std::nullopt;
}

std::string_view CloudEvent::properties() {
  PropertyWriter out;
  members_.write(out);
  out.json("data", data_);
  out.json("data_base64", data_base64_);
  out.json("cloudevent", std::move(attributes_).finish());
  return reader_.texts().keep(std::move(out).finish());
}

}  // namespace gm::event_ingestion
