#include "lib/query/event_schema.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "lib/query/language/fragment.h"

namespace gm::query {
namespace {

using store::as_int;
using store::as_moment_ms;
using store::as_text;
using store::DeclaredProperty;
using store::Value;

Fragment project_value(ProjectId project) { return Fragment::value(int64_t{project.value()}); }

// " AND event IN (...)"; without names: of all events.
Fragment of_events(const std::vector<std::string>& events) {
  if (events.empty()) return "";
  return Fragment::of(" AND event IN ({})", {Fragment::values({events.begin(), events.end()})});
}

Fragment event_rows(ProjectId project, const std::vector<std::string>& events) {
  return Fragment::of(
      "SELECT event, CAST(sum(events) AS BIGINT), min(first_seen), max(last_seen) FROM event_shapes WHERE project = "
      "{}{} "
      "GROUP BY event ORDER BY event",
      {project_value(project), of_events(events)});
}

// The first value's sample is in one row only; the others have none.
Fragment property_rows(ProjectId project, const std::vector<std::string>& events) {
  return Fragment::of(
      "SELECT event, property, CAST(type AS BIGINT), CAST(sum(seen) AS BIGINT) AS seen, min(first_seen), "
      "max(last_seen), max(sample) FROM property_shapes WHERE project = {}{} GROUP BY event, property, type "
      "ORDER BY event, property, seen DESC, type",
      {project_value(project), of_events(events)});
}

using PropertyKey = std::pair<std::string, std::string>;  // event, property
using Properties = std::map<PropertyKey, PropertyShape>;

PropertyShape& shape_at(Properties& properties, const std::string& event, const std::string& name) {
  PropertyShape& shape = properties[{event, name}];
  shape.event = event;
  shape.name = name;
  return shape;
}

std::vector<std::string> names_of(const std::vector<EventShape>& events) {
  std::vector<std::string> names;
  for (const EventShape& event : events) names.push_back(event.event);
  return names;
}

}  // namespace

Result<std::vector<PropertyShape>> EventSchema::properties(ProjectId project,
                                                           const std::vector<std::string>& events) const {
  const auto declared = declarations_.declared(project);
  if (!declared) return declared.error();
  const auto table = store_.run(property_rows(project, events).statement(), timeout_ms_);
  if (!table) return table.error();
  Properties found;
  for (const auto& row : table->rows) {
    const auto type = static_cast<event::PropertyType>(as_int(row[2]));
    shape_at(found, as_text(row[0]), as_text(row[1]))
        .seen.push_back({type, as_int(row[3]), as_moment_ms(row[4]), as_moment_ms(row[5]), as_text(row[6])});
  }
  for (const DeclaredProperty& one : *declared) {
    if (!events.empty() && std::find(events.begin(), events.end(), one.event) == events.end()) continue;
    PropertyShape& shape = shape_at(found, one.event, one.property);
    shape.expected = one;
    for (SeenType& seen : shape.seen) seen.violates = !one.types.holds(seen.type);
  }
  std::vector<PropertyShape> all;
  for (auto& [key, shape] : found) all.push_back(std::move(shape));
  return all;
}

Result<std::vector<EventShape>> EventSchema::events(ProjectId project, const EventSchemaQuestion& question) const {
  std::vector<std::string> wanted;
  if (question.event) wanted.push_back(*question.event);
  const auto table = store_.run(event_rows(project, wanted).statement(), timeout_ms_);
  if (!table) return table.error();
  const auto declared = declarations_.declared(project);
  if (!declared) return declared.error();
  std::map<std::string, EventShape> found;
  for (const auto& row : table->rows) {
    const std::string name = as_text(row[0]);
    found[name] = {name, as_int(row[1]), as_moment_ms(row[2]), as_moment_ms(row[3]), {}};
  }
  for (const DeclaredProperty& one : *declared) {
    if (!question.event || *question.event == one.event) found[one.event].event = one.event;
  }
  std::vector<EventShape> all;
  for (auto& [name, shape] : found) all.push_back(std::move(shape));
  return all;
}

Result<EventSchemaPage> EventSchema::page(ProjectId project, const EventSchemaQuestion& question) const {
  auto all = events(project, question);
  if (!all) return all.error();
  const auto overflows = store_.run(
      Fragment::of("SELECT reason, CAST(sum(times) AS BIGINT) FROM shape_overflows WHERE project = {} GROUP BY reason "
                   "ORDER BY reason",
                   {project_value(project)})
          .statement(),
      timeout_ms_);
  if (!overflows) return overflows.error();
  EventSchemaPage page;
  page.total = static_cast<int64_t>(all->size());
  for (const auto& row : overflows->rows) page.not_learned.emplace_back(as_text(row[0]), as_int(row[1]));
  for (EventShape& shape : *all) {
    if (question.after && shape.event <= *question.after) continue;
    page.more = page.events.size() == question.limit;
    if (page.more) break;
    page.events.push_back(std::move(shape));
  }
  if (page.events.empty()) return page;
  auto shapes = properties(project, names_of(page.events));
  if (!shapes) return shapes.error();
  // Both are in the order of the events' names.
  auto event = page.events.begin();
  for (PropertyShape& shape : *shapes) {
    while (event != page.events.end() && event->event < shape.event) ++event;
    if (event != page.events.end() && event->event == shape.event) event->properties.push_back(std::move(shape));
  }
  return page;
}

Result<ViolationList> EventSchema::violations(ProjectId project, size_t limit) const {
  const auto declared = declarations_.declared(project);
  if (!declared) return declared.error();
  std::vector<std::string> events;
  for (const DeclaredProperty& one : *declared) {
    if (events.empty() || events.back() != one.event) events.push_back(one.event);
  }
  ViolationList list;
  if (events.empty()) return list;
  const auto shapes = properties(project, events);
  if (!shapes) return shapes.error();
  for (const PropertyShape& shape : *shapes) {
    for (const SeenType& seen : shape.seen) {
      if (seen.violates) list.violations.push_back({shape.event, shape.name, shape.expected->types, seen});
    }
  }
  std::stable_sort(list.violations.begin(), list.violations.end(),
                   [](const SchemaViolation& a, const SchemaViolation& b) { return a.got.values > b.got.values; });
  list.total = static_cast<int64_t>(list.violations.size());
  if (list.violations.size() > limit) list.violations.resize(limit);
  return list;
}

Status EventSchema::declare(ProjectId project, const DeclaredProperty& property) const {
  return declarations_.declare(project, {&property, 1}, declarations_max_);
}

Result<int64_t> EventSchema::freeze(ProjectId project, const std::string& event,
                                    const std::optional<std::string>& property, int64_t now_ms) const {
  const auto shapes = properties(project, {event});
  if (!shapes) return shapes.error();
  std::vector<DeclaredProperty> learned;
  for (const PropertyShape& shape : *shapes) {
    const bool wanted = property ? shape.name == *property : !shape.expected;
    if (!wanted || shape.seen.empty()) continue;
    DeclaredProperty frozen{event, shape.name, {}, store::DeclarationOrigin::frozen, now_ms};
    for (const SeenType& seen : shape.seen) frozen.types.add(seen.type);
    learned.push_back(std::move(frozen));
  }
  if (learned.empty())
    return Error{"gm-schema-unknown",
                 property ? fmt::format("no value of '{}' of the event '{}' has come yet", *property, event)
                          : fmt::format("nothing was learned of the event '{}' that is not "
                                        "declared already",
                                        event)};
  if (const Status kept = declarations_.declare(project, learned, declarations_max_); !kept) return kept.error();
  return static_cast<int64_t>(learned.size());
}

Result<int64_t> EventSchema::forget(ProjectId project, std::string_view event,
                                    const std::optional<std::string>& property) const {
  return declarations_.forget(project, event, property);
}

}  // namespace gm::query
