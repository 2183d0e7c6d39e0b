#pragma once
// Part of the module map, for those who need to know which types are declared.

#include <memory>

#include "lib/base/result.h"
#include "lib/config/settings.h"
#include "lib/store/schema_declarations.h"

namespace gm::gamemetrics {

Result<std::unique_ptr<store::SchemaDeclarations>> open_schema_declarations(const config::Settings& settings);

}  // namespace gm::gamemetrics
