#include "services/analytics_api/graphql_event_schema.h"

#include "services/analytics_api/answer_limits.h"
#include "services/analytics_api/graphql_fields.h"
#include "services/analytics_api/graphql_schema.h"
#include "services/analytics_api/render_event_schema.h"

namespace gm::analytics_api {
namespace {

using namespace graphql_fields;  // what all of a schema's declarations are made of

struct SchemaView {
  query::EventSchemaPage page;
  bool continued = false;  // some page lies before
};

Answer event_schema(const Call& call) {
  const auto& context = call.context_as<GraphqlContext>();
  const auto limit = first(call, kSchemaEventsMax);
  if (!limit) return limit.error();
  query::EventSchemaQuestion question{std::nullopt, std::nullopt, static_cast<size_t>(*limit)};
  if (call.arguments.given("event")) question.event = call.arguments.text("event");
  if (call.arguments.given("after")) question.after = call.arguments.text("after");
  auto page = context.event_schema.page(context.caller.project.id, question);
  if (!page) return told(page.error());
  return Value::object(std::make_shared<const SchemaView>(SchemaView{std::move(*page), question.after.has_value()}));
}

Answer schema_violations(const Call& call) {
  const auto& context = call.context_as<GraphqlContext>();
  const auto limit = first(call, kSchemaViolationsMax);
  if (!limit) return limit.error();
  return kept(context.event_schema.violations(context.caller.project.id, static_cast<size_t>(*limit)));
}

Answer page_info(const Call& call) {
  const auto& [page, continued] = call.object<SchemaView>();
  return page_of(page.events, page.more, continued, [](const query::EventShape& shape) { return shape.event; });
}

Value texts(const std::vector<std::string>& all) { return std::vector<Value>(all.begin(), all.end()); }
Value type_name(event::PropertyType type) { return std::string(event::property_type_name(type)); }

void add_connection(graphql::Schema& schema) {
  using V = SchemaView;
  using query::EventShape;
  using NotLearned = std::pair<std::string, int64_t>;
  const auto events = [](const Call& call) -> Answer { return Fields::items(call, call.object<V>().page.events); };
  schema.resolve("EventSchemaConnection", "edges", events);
  schema.resolve("EventSchemaConnection", "nodes", events);
  schema.resolve("EventSchemaConnection", "pageInfo", page_info);
  schema.resolve("EventSchemaConnection", "notLearned",
                 [](const Call& call) -> Answer { return Fields::items(call, call.object<V>().page.not_learned); });
  schema.resolve("EventShapeEdge", "node",
                 [](const Call& call) -> Answer { return call.part(call.object<EventShape>()); });
  Fields(schema, "EventSchemaConnection").read<V>("totalCount", [](const V& v) { return v.page.total; });
  Fields(schema, "EventShapeEdge").member("cursor", &EventShape::event);
  Fields(schema, "NotLearned").member("reason", &NotLearned::first).member("times", &NotLearned::second);
}

void add_shapes(graphql::Schema& schema) {
  using query::EventShape, query::PropertyShape, query::SeenType;
  Fields(schema, "EventShape")
      .member("event", &EventShape::event)
      .member("events", &EventShape::events)
      .read<EventShape>("firstSeenAt", [](const EventShape& e) { return e.events > 0 ? moment(e.first_ms) : Value(); })
      .read<EventShape>("lastSeenAt", [](const EventShape& e) { return e.events > 0 ? moment(e.last_ms) : Value(); })
      .list("properties", &EventShape::properties);
  Fields(schema, "PropertyShape")
      .member("name", &PropertyShape::name)
      .read<PropertyShape>(
          "expected", [](const PropertyShape& p) { return p.expected ? texts(names_of(p.expected->types)) : Value(); })
      .read<PropertyShape>("origin",
                           [](const PropertyShape& p) {
                             return p.expected ? Value(std::string(origin_name(p.expected->origin))) : Value();
                           })
      .read<PropertyShape>(
          "declaredAt", [](const PropertyShape& p) { return p.expected ? moment(p.expected->declared_ms) : Value(); })
      .list("seen", &PropertyShape::seen);
  Fields(schema, "SeenType")
      .read<SeenType>("type", [](const SeenType& s) { return type_name(s.type); })
      .member("values", &SeenType::values)
      .read<SeenType>("firstSeenAt", [](const SeenType& s) { return moment(s.first_ms); })
      .read<SeenType>("lastSeenAt", [](const SeenType& s) { return moment(s.last_ms); })
      .member("sample", &SeenType::sample)
      .member("violates", &SeenType::violates);
}

void add_violations(graphql::Schema& schema) {
  using query::SchemaViolation, query::ViolationList;
  using V = SchemaViolation;
  Fields(schema, "SchemaViolations")
      .member("totalCount", &ViolationList::total)
      .list("nodes", &ViolationList::violations);
  Fields(schema, "SchemaViolation")
      .member("event", &V::event)
      .member("property", &V::property)
      .read<V>("expected", [](const V& v) { return texts(names_of(v.expected)); })
      .read<V>("got", [](const V& v) { return type_name(v.got.type); })
      .read<V>("values", [](const V& v) { return v.got.values; })
      .read<V>("firstSeenAt", [](const V& v) { return moment(v.got.first_ms); })
      .read<V>("lastSeenAt", [](const V& v) { return moment(v.got.last_ms); })
      .read<V>("sample", [](const V& v) { return v.got.sample; });
}

}  // namespace

void add_event_schema(graphql::Schema& schema) {
  schema.resolve("Query", "eventSchema", event_schema);
  schema.resolve("Query", "schemaViolations", schema_violations);
  add_connection(schema);
  add_shapes(schema);
  add_violations(schema);
}

}  // namespace gm::analytics_api
