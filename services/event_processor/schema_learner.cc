#include "services/event_processor/schema_learner.h"

#include <algorithm>

namespace gm::event_processor {
namespace {

using event::PropertyType;

// Names that only the server gives (ADR 0011): they are no part of what a game sends.
constexpr std::string_view kServersOwn = "$gm_";

PropertyType type_of(codec::JsonKind kind) {
  switch (kind) {
    case codec::JsonKind::string:
      return PropertyType::string;
    case codec::JsonKind::number:
      return PropertyType::number;
    case codec::JsonKind::boolean:
      return PropertyType::boolean;
    case codec::JsonKind::array:
      return PropertyType::list;
    case codec::JsonKind::object:
      return PropertyType::object;
    case codec::JsonKind::null:
      break;
  }
  return PropertyType::null;
}

// At most so many bytes, and no character in halves.
std::string cut(std::string_view text, size_t bytes_max) {
  if (text.size() <= bytes_max) return std::string(text);
  size_t end = bytes_max;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return std::string(text.substr(0, end));
}

template <typename Delta>
void add_moment(Delta& delta, int64_t received_ms) {
  delta.first_ms = std::min(delta.first_ms, received_ms);
  delta.last_ms = std::max(delta.last_ms, received_ms);
}

}  // namespace

Status SchemaLearner::hold(ProjectId project) {
  if (projects_.contains(project)) return {};
  const auto known = store_->known_shapes(project);
  if (!known) return known.error();
  Project& held = projects_[project];
  for (const std::string& event : known->events) add_shape(held, event);
  for (const store::KnownShapes::Property& property : known->properties) {
    const auto shape = held.shapes.find(property.event);
    if (shape != held.shapes.end()) add_property(held, *shape->second, property.name).types = property.types;
  }
  return {};
}

void SchemaLearner::learn(ProjectId id, const event::Event& event, int64_t received_ms) {
  Project& project = projects_.at(id);
  Shape* shape = find_shape(id, project, event.name);
  if (shape == nullptr) return;
  count_event(id, *shape, received_ms);
  if (!index_.read(event.properties)) return;
  codec::JsonCursor cursor(index_);
  Property** expected = &shape->first;
  for (bool more = cursor.begin_object(); more; more = cursor.next_member()) {
    const codec::JsonText key = cursor.key();
    const codec::JsonValue value = cursor.value();
    if (cursor.broken()) return;
    if (*expected == nullptr || key.escaped || (*expected)->name != key.raw) {
      Property* found = find_property(id, project, *shape, key);
      if (found == nullptr) continue;
      *expected = found;
    }
    Property& property = **expected;
    count_value(id, *shape, property, value, received_ms);
    expected = &property.next;
  }
}

SchemaLearner::Shape& SchemaLearner::add_shape(Project& project, std::string_view name) {
  auto shape = std::make_unique<Shape>();
  shape->name = name;
  const std::string_view key = shape->name;
  return *project.shapes.emplace(key, std::move(shape)).first->second;
}

SchemaLearner::Property& SchemaLearner::add_property(Project& project, Shape& shape, std::string_view name) {
  Property& property = shape.properties.emplace_back();
  property.name = name;
  shape.by_name.emplace(property.name, &property);
  ++project.properties;
  return property;
}

SchemaLearner::Shape* SchemaLearner::find_shape(ProjectId id, Project& project, std::string_view name) {
  const auto found = project.shapes.find(name);
  if (found != project.shapes.end()) return found->second.get();
  if (project.shapes.size() < limits_.event_names_max) return &add_shape(project, name);
  note_overflow(id, store::kTooManyEventNames);
  return nullptr;
}

SchemaLearner::Property* SchemaLearner::find_property(ProjectId id, Project& project, Shape& shape,
                                                      const codec::JsonText& key) {
  const std::string unescaped = key.escaped ? codec::json_unescape(key.raw) : std::string();
  const std::string_view name = key.escaped ? std::string_view(unescaped) : key.raw;
  const auto found = shape.by_name.find(name);
  if (found != shape.by_name.end()) return found->second;
  if (name.starts_with(kServersOwn)) return nullptr;
  if (name.size() > limits_.name_bytes_max) {
    note_overflow(id, store::kPropertyNameTooLong);
    return nullptr;
  }
  const bool room =
      shape.properties.size() < limits_.properties_max && project.properties < limits_.project_properties_max;
  if (room) return &add_property(project, shape, name);
  note_overflow(id, store::kTooManyProperties);
  return nullptr;
}

void SchemaLearner::count_event(ProjectId id, Shape& shape, int64_t received_ms) {
  if (shape.row == kNoRow) {
    shape.row = static_cast<uint32_t>(shape_rows_.size());
    shape_rows_.push_back({&shape, {id, shape.name, 0, received_ms, received_ms}});
  }
  store::EventShapeDelta& delta = shape_rows_[shape.row].delta;
  ++delta.events;
  add_moment(delta, received_ms);
}

void SchemaLearner::count_value(ProjectId id, Shape& shape, Property& property, const codec::JsonValue& value,
                                int64_t received_ms) {
  const PropertyType type = type_of(value.kind);
  uint32_t& row = property.rows[static_cast<size_t>(type)];
  if (row == kNoRow) {
    row = static_cast<uint32_t>(property_rows_.size());
    const bool first = !property.types.holds(type);
    property.types.add(type);
    property_rows_.push_back({&property,
                              {id, shape.name, property.name, type, 0, received_ms, received_ms,
                               first ? cut(value.raw, limits_.sample_bytes_max) : std::string()}});
  }
  store::PropertyShapeDelta& delta = property_rows_[row].delta;
  ++delta.values;
  add_moment(delta, received_ms);
}

void SchemaLearner::finish(store::MicroBatch& batch) {
  for (ShapeRow& row : shape_rows_) {
    row.shape->row = kNoRow;
    batch.event_shapes.push_back(std::move(row.delta));
  }
  for (PropertyRow& row : property_rows_) {
    row.property->rows[static_cast<size_t>(row.delta.type)] = kNoRow;
    batch.property_shapes.push_back(std::move(row.delta));
  }
  for (const auto& [key, times] : overflows_) batch.shape_overflows.push_back({key.first, key.second, times});
  shape_rows_.clear();
  property_rows_.clear();
  overflows_.clear();
}

}  // namespace gm::event_processor
