#include "services/analytics_api/render_event_schema.h"

#include <nlohmann/json.hpp>

#include "lib/base/time.h"

namespace gm::analytics_api {
namespace {

using Json = nlohmann::ordered_json;

// Names and samples are what senders wrote: a name that is cut in halves by no fault of ours must not end the answer.
std::string text_of(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

Json moments(Json json, int64_t first_ms, int64_t last_ms, bool came) {
  json["first_seen_at"] = came ? Json(format_iso8601(first_ms)) : Json();
  json["last_seen_at"] = came ? Json(format_iso8601(last_ms)) : Json();
  return json;
}

Json seen_json(const query::SeenType& seen) {
  Json json = moments({{"type", event::property_type_name(seen.type)}, {"values", seen.values}}, seen.first_ms,
                      seen.last_ms, true);
  json["sample"] = seen.sample;
  json["violates"] = seen.violates;
  return json;
}

Json property_json(const query::PropertyShape& shape) {
  Json json = {{"property", shape.name}};
  const auto& expected = shape.expected;
  json["expected"] = expected ? Json(names_of(expected->types)) : Json();
  json["origin"] = expected ? Json(origin_name(expected->origin)) : Json();
  json["declared_at"] = expected ? Json(format_iso8601(expected->declared_ms)) : Json();
  Json& seen = json["seen"] = Json::array();
  for (const query::SeenType& one : shape.seen) seen.push_back(seen_json(one));
  return json;
}

Json event_json(const query::EventShape& shape) {
  Json json =
      moments({{"event", shape.event}, {"events", shape.events}}, shape.first_ms, shape.last_ms, shape.events > 0);
  Json& properties = json["properties"] = Json::array();
  for (const query::PropertyShape& property : shape.properties) properties.push_back(property_json(property));
  return json;
}

}  // namespace

std::vector<std::string> names_of(event::PropertyTypes types) {
  std::vector<std::string> names;
  for (const event::PropertyType type : event::kPropertyTypes) {
    if (types.holds(type)) names.emplace_back(event::property_type_name(type));
  }
  return names;
}

std::string_view origin_name(store::DeclarationOrigin origin) {
  return origin == store::DeclarationOrigin::frozen ? "frozen" : "declared";
}

std::string render(const query::EventSchemaPage& page) {
  Json json = {{"total", page.total}, {"next", page.more ? Json(page.events.back().event) : Json()}};
  Json& kept_out = json["not_learned"] = Json::array();
  for (const auto& [reason, times] : page.not_learned) kept_out.push_back({{"reason", reason}, {"times", times}});
  Json& events = json["events"] = Json::array();
  for (const query::EventShape& event : page.events) events.push_back(event_json(event));
  return text_of(json);
}

std::string render(const query::ViolationList& list) {
  Json json = {{"total", list.total}};
  Json& lines = json["violations"] = Json::array();
  for (const query::SchemaViolation& one : list.violations) {
    Json line = moments({{"event", one.event},
                         {"property", one.property},
                         {"expected", names_of(one.expected)},
                         {"got", event::property_type_name(one.got.type)},
                         {"values", one.got.values}},
                        one.got.first_ms, one.got.last_ms, true);
    line["sample"] = one.got.sample;
    lines.push_back(std::move(line));
  }
  return text_of(json);
}

std::string render_declared(int64_t properties) { return text_of({{"declared", properties}}); }
std::string render_forgotten(int64_t properties) { return text_of({{"forgotten", properties}}); }

}  // namespace gm::analytics_api
