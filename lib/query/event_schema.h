#pragma once
// The schema registry: which properties came with which event, of which types, and which of their values are of types
// that were not expected. Only listed: nothing is coerced, nothing dropped (ADR 0021).

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lib/store/analytics_store.h"
#include "lib/store/schema_declarations.h"

namespace gm::query {

// Values of one type that one property had.
struct SeenType {
  event::PropertyType type = event::PropertyType::string;
  int64_t values = 0;
  int64_t first_ms = 0, last_ms = 0;  // of receipt
  std::string sample;                 // the first of them, as it came, cut
  bool violates = false;              // others are expected
};

struct PropertyShape {
  std::string event, name;
  std::vector<SeenType> seen;  // most values first
  std::optional<store::DeclaredProperty> expected;
};

struct EventShape {
  std::string event;
  int64_t events = 0;                     // 0: only declared
  int64_t first_ms = 0, last_ms = 0;      // of receipt
  std::vector<PropertyShape> properties;  // by name
};

struct EventSchemaPage {
  int64_t total = 0;                                         // events' names, on all pages
  std::vector<std::pair<std::string, int64_t>> not_learned;  // how often, by reason
  std::vector<EventShape> events;                            // by name
  bool more = false;                                         // follow behind the last one
};

struct SchemaViolation {
  std::string event, property;
  event::PropertyTypes expected;
  SeenType got;
};

struct ViolationList {
  int64_t total = 0;
  std::vector<SchemaViolation> violations;  // most values first
};

// What is asked of the page.
struct EventSchemaQuestion {
  std::optional<std::string> event;  // only this one
  std::optional<std::string> after;  // names behind this one
  size_t limit = 0;
};

// Safe to call from several threads.
class EventSchema {
 public:
  // Both outlive this. `declarations_max`: of a project.
  EventSchema(store::AnalyticsStore& store, store::SchemaDeclarations& declarations, int64_t timeout_ms,
              size_t declarations_max)
      : store_(store), declarations_(declarations), timeout_ms_(timeout_ms), declarations_max_(declarations_max) {}

  Result<EventSchemaPage> page(ProjectId project, const EventSchemaQuestion& question) const;
  Result<ViolationList> violations(ProjectId project, size_t limit) const;

  // Error gm-schema-full.
  Status declare(ProjectId project, const store::DeclaredProperty& property) const;
  // Expects what was learned so far of a property, or of all properties of the event that nothing is declared of. How
  // many. Errors gm-schema-full, gm-schema-unknown (nothing was learned).
  Result<int64_t> freeze(ProjectId project, const std::string& event, const std::optional<std::string>& property,
                         int64_t now_ms) const;
  Result<int64_t> forget(ProjectId project, std::string_view event, const std::optional<std::string>& property) const;

 private:
  // Of these events, without any: of all; with what is declared of them, by event and name.
  Result<std::vector<PropertyShape>> properties(ProjectId project, const std::vector<std::string>& events) const;
  // Without their properties, on all pages.
  Result<std::vector<EventShape>> events(ProjectId project, const EventSchemaQuestion& question) const;

  store::AnalyticsStore& store_;
  store::SchemaDeclarations& declarations_;
  int64_t timeout_ms_;
  size_t declarations_max_;
};

}  // namespace gm::query
