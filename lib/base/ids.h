#pragma once
// Strong types for identifiers that must not be mixed up.

#include <compare>
#include <cstdint>
#include <functional>

namespace gm {

// A project (one game in one environment) is the tenant: it comes first in every key. Made only from stored rows and
// log records; never from request text, so that a credential is the only way to name a project.
class ProjectId {
 public:
  ProjectId() = default;
  static ProjectId from_stored(uint32_t value) { return ProjectId(value); }
  uint32_t value() const { return value_; }
  auto operator<=>(const ProjectId&) const = default;

 private:
  explicit ProjectId(uint32_t value) : value_(value) {}
  uint32_t value_ = 0;
};

}  // namespace gm

template <>
struct std::hash<gm::ProjectId> {
  size_t operator()(gm::ProjectId id) const { return id.value(); }
};
