#include "services/event_ingestion/posthog_event.h"

#include "lib/base/time.h"
#include "services/event_ingestion/currency.h"
#include "services/event_ingestion/decoder.h"

namespace gm::event_ingestion {

using simdjson::ondemand::json_type;

std::optional<Tag> PosthogEvent::read(simdjson::ondemand::object object, FoundEvent& found) {
  for (auto field_result : object) {
    simdjson::ondemand::field field = must(std::move(field_result));
    const std::string_view key = must(field.unescaped_key());
    if (const auto tag = field_value(key, field.value(), found)) return tag;
  }
  return complete(found);
}

std::optional<Tag> PosthogEvent::field_value(std::string_view key, simdjson::ondemand::value value, FoundEvent& found) {
  if (key == "properties") return properties(value, found);
  if (key == "distinct_id" || key == "$distinct_id") return player(value);
  const json_type type = must(value.type());
  // $set, $set_once and the like: checked, kept only inside properties.
  if (type == json_type::object) return check_object(must(value.get_object()), 1, limits_, {});
  if (type == json_type::array) {
    raw_of(value);
    return std::nullopt;
  }
  const Scalar scalar = read_scalar(value);
  if (scalar.is_null) return std::nullopt;
  if (key == "event") {
    if (!scalar.is_string) return Tag::event_name_invalid;
    found.event.name = scalar.text;
  } else if (key == "uuid") {
    if (!scalar.is_string) return Tag::event_id_invalid;
    found.id_text = scalar.text;
  } else if (key == "timestamp") {
    return time(scalar, found);
  } else if (key == "offset" && scalar.is_number && !found.has_time) {
    const auto offset = parse_time_ms(scalar.text, true);
    if (!offset) return Tag::event_time_invalid;
    found.event.time_ms = received_ms_ - *offset;
    found.has_time = true;
  } else if ((key == "api_key" || key == "token" || key == "$token") && scalar.is_string) {
    token_ = scalar.text;
  }
  return std::nullopt;
}

// Numbers and containers are taken as their text, as the original does, and long ids are cut.
std::optional<Tag> PosthogEvent::player(simdjson::ondemand::value value) {
  const json_type type = must(value.type());
  if (type == json_type::object || type == json_type::array) {
    player_ = raw_of(value);
  } else {
    const Scalar scalar = read_scalar(value);
    if (scalar.is_null) return std::nullopt;
    if (!scalar.is_string && !scalar.is_number) return Tag::player_id_invalid;
    player_ = scalar.text;
  }
  return std::nullopt;
}

std::optional<Tag> PosthogEvent::time(const Scalar& scalar, FoundEvent& found) {
  const auto time = parse_time_ms(scalar.text, scalar.is_number);
  if (!time) return Tag::event_time_invalid;
  found.event.time_ms = *time;
  found.has_time = true;
  return std::nullopt;
}

std::optional<Tag> PosthogEvent::properties(simdjson::ondemand::value value, FoundEvent& found) {
  const json_type type = must(value.type());
  if (type == json_type::null && read_scalar(value).is_null) return std::nullopt;
  if (type != json_type::object) return Tag::properties_invalid;
  simdjson::ondemand::object object = must(value.get_object());
  found.event.properties = must(object.raw_json());
  must(object.reset());
  return check_object(object, 1, limits_,
                      {this, [](void* self, const Property& one) { static_cast<PosthogEvent*>(self)->property(one); }});
}

void PosthogEvent::property(const Property& property) {
  struct Mapping {
    std::string_view key;
    std::string_view PosthogEvent::* target;
  };
  static constexpr Mapping kMappings[] = {{"$session_id", &PosthogEvent::session_},
                                          {"$geoip_country_code", &PosthogEvent::country_},
                                          {"$os", &PosthogEvent::platform_},
                                          {"$os_name", &PosthogEvent::platform_},
                                          {"$device_model", &PosthogEvent::device_},
                                          {"$device_type", &PosthogEvent::device_type_},
                                          {"$app_version", &PosthogEvent::build_},
                                          {"$app_build", &PosthogEvent::app_build_},
                                          {"revenue", &PosthogEvent::revenue_},
                                          {"$revenue", &PosthogEvent::revenue_},
                                          {"currency", &PosthogEvent::currency_},
                                          {"$currency", &PosthogEvent::currency_},
                                          {"distinct_id", &PosthogEvent::property_player_},
                                          {"token", &PosthogEvent::token_}};
  if (property.text.empty()) return;
  for (const Mapping& mapping : kMappings) {
    if (property.key == mapping.key) this->*mapping.target = property.text;
  }
}

std::optional<Tag> PosthogEvent::complete(FoundEvent& found) {
  event::Event& event = found.event;
  event.player = (player_.empty() ? property_player_ : player_);
  if (event.player.size() > kNameBytesMax) {
    size_t cut = kNameBytesMax;  // not inside a UTF-8 sequence
    while (cut > 0 && (static_cast<unsigned char>(event.player[cut]) & 0xC0) == 0x80) --cut;
    event.player = event.player.substr(0, cut);
  }
  const auto dimension = [](std::string_view text) { return text.size() > kNameBytesMax ? std::string_view() : text; };
  event.session = dimension(session_);
  event.country = dimension(country_);
  event.platform = dimension(platform_);
  event.device = dimension(device_.empty() ? device_type_ : device_);
  event.build = dimension(build_.empty() ? app_build_ : build_);
  // A property called "revenue" need not be money: only what reads as an amount with a currency counts.
  const auto micros = parse_micros(revenue_);
  if (micros && read_currency(currency_, currency_text_)) {
    event.revenue_micros = micros;
    event.currency = std::string_view(currency_text_.data(), currency_text_.size());
  }
  return std::nullopt;
}

}  // namespace gm::event_ingestion
