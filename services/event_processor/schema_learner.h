#pragma once
// Which properties come with which event, and of which types (ADR 0021). Learned beside the counting, so it is cheap:
// an event costs one look-up by its name, and a property one comparison with the name that stood there last time.

#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "lib/codec/json_cursor.h"
#include "lib/event/event.h"
#include "lib/store/analytics_store.h"

namespace gm::event_processor {

struct SchemaLimits {
  size_t event_names_max = 0;         // of a project
  size_t properties_max = 0;          // of an event's name
  size_t project_properties_max = 0;  // of all names of a project together
  size_t name_bytes_max = 0;          // of a property's name
  size_t sample_bytes_max = 0;
};

// What is beyond a limit is not learned but counted by reason; the event is stored and counted all the same. One
// thread.
class SchemaLearner {
 public:
  SchemaLearner(store::AnalyticsStore& store, const SchemaLimits& limits) : store_(&store), limits_(limits) {}

  // Reads what the store knows of the project, unless it is held already. Before learn().
  Status hold(ProjectId project);
  // Cannot fail. What was learned is held from then on, so the batch that finish() fills has to be stored.
  void learn(ProjectId project, const event::Event& event, int64_t received_ms);
  // Moves what was learned since the last call into the batch.
  void finish(store::MicroBatch& batch);
  // Gives the memory back; projects are read from the store again when they show up.
  void clear() { projects_.clear(); }

 private:
  static constexpr uint32_t kNoRow = UINT32_MAX;

  struct Property {
    std::string name;
    event::PropertyTypes types;  // that were seen
    Property* next = nullptr;    // which stood behind this one last time
    std::array<uint32_t, event::kPropertyTypes.size()> rows = {kNoRow, kNoRow, kNoRow, kNoRow, kNoRow, kNoRow};
  };
  struct Shape {  // of the events of one name
    std::string name;
    std::deque<Property> properties;  // never moved: rows and the map's keys point into it
    std::unordered_map<std::string_view, Property*> by_name;
    Property* first = nullptr;  // which stood first last time
    uint32_t row = kNoRow;
  };
  struct Project {
    std::unordered_map<std::string_view, std::unique_ptr<Shape>> shapes;
    size_t properties = 0;
  };
  struct ShapeRow {
    Shape* shape = nullptr;
    store::EventShapeDelta delta;
  };
  struct PropertyRow {
    Property* property = nullptr;
    store::PropertyShapeDelta delta;
  };

  static Shape& add_shape(Project& project, std::string_view name);
  static Property& add_property(Project& project, Shape& shape, std::string_view name);
  // Null: a limit is reached, or the server's own property.
  Shape* find_shape(ProjectId id, Project& project, std::string_view name);
  Property* find_property(ProjectId id, Project& project, Shape& shape, const codec::JsonText& key);
  void count_event(ProjectId id, Shape& shape, int64_t received_ms);
  void count_value(ProjectId id, Shape& shape, Property& property, const codec::JsonValue& value, int64_t received_ms);
  void note_overflow(ProjectId id, std::string_view reason) { ++overflows_[{id, reason}]; }

  store::AnalyticsStore* store_;
  SchemaLimits limits_;
  codec::JsonIndex index_;
  std::unordered_map<ProjectId, Project> projects_;
  // Of the batch.
  std::vector<ShapeRow> shape_rows_;
  std::vector<PropertyRow> property_rows_;
  std::map<std::pair<ProjectId, std::string_view>, int64_t> overflows_;
};

}  // namespace gm::event_processor
