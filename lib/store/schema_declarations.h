#pragma once
// Port: which types a project's properties are expected to have. Unlike what was learned it is not in the log, so it is
// kept with the metadata. Embedded: SQLite, the same file.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/ids.h"
#include "lib/base/result.h"
#include "lib/event/property_type.h"

namespace gm::store {

// Stored; never renumber.
enum class DeclarationOrigin : uint8_t {
  declared = 0,  // somebody named the types
  frozen = 1,    // what had been learned until then
};

struct DeclaredProperty {
  std::string event, property;
  event::PropertyTypes types;
  DeclarationOrigin origin = DeclarationOrigin::declared;
  int64_t declared_ms = 0;
  bool operator==(const DeclaredProperty&) const = default;
};

// Errors: gm-metadata-unavailable. Safe to call from several threads; calls block on disk.
class SchemaDeclarations {
 public:
  virtual ~SchemaDeclarations() = default;
  // By event and property, in the order of their bytes.
  virtual Result<std::vector<DeclaredProperty>> declared(ProjectId project) = 0;
  // All of them or none; each replaces what was declared of its property. Error gm-schema-full when the project would
  // have more than `most`.
  virtual Status declare(ProjectId project, std::span<const DeclaredProperty> properties, size_t most) = 0;
  // How many were forgotten. Without `property`: all of the event.
  virtual Result<int64_t> forget(ProjectId project, std::string_view event,
                                 const std::optional<std::string>& property) = 0;
};

}  // namespace gm::store
