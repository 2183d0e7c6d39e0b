#include "services/analytics_api/event_schema_request.h"

#include "lib/event/refused_players.h"
#include "lib/query/language/object_reader.h"
#include "services/analytics_api/answer_limits.h"

namespace gm::analytics_api {
namespace {

using query::ObjectReader;

std::string read_event(ObjectReader& reader) {
  if (!reader.has("event")) reader.complain("event", "is missing");
  return reader.text("event", event::kNameBytesMax).value_or("");
}

event::PropertyTypes read_types(ObjectReader& reader) {
  event::PropertyTypes types;
  if (!reader.has("types")) return types;
  for (const nlohmann::json* each : reader.list("types", event::kPropertyTypes.size())) {
    const auto type = each->is_string() ? event::find_property_type(each->get<std::string>()) : std::nullopt;
    if (type) {
      types.add(*type);
    } else {
      reader.complain("types", "holds something else than string, number, boolean, list, object and null");
    }
  }
  if (types.empty()) reader.complain("types", "names no type; leave it out to expect what was learned");
  return types;
}

}  // namespace

DeclareRequest read_declare_request(const nlohmann::json& body, query::Problems& problems) {
  ObjectReader reader(body, "", problems);
  DeclareRequest asked;
  asked.event = read_event(reader);
  asked.property = reader.text("property", kPropertyNameBytesMax);
  asked.types = read_types(reader);
  if (!asked.property && reader.has("types"))
    reader.complain("property", "is missing: types are those of one property");
  return asked;
}

ForgetRequest read_forget_request(const nlohmann::json& body, query::Problems& problems) {
  ObjectReader reader(body, "", problems);
  ForgetRequest asked;
  asked.event = read_event(reader);
  asked.property = reader.text("property", kPropertyNameBytesMax);
  return asked;
}

}  // namespace gm::analytics_api
