#pragma once
// Filters from JSON: docs/reference/queries.md, "Filters". Depth, size and length are bounded.

#include <optional>
#include <string>

#include "lib/query/language/object_reader.h"
#include "lib/query/language/predicate.h"

namespace gm::query {

struct PredicateLimits {
  int depth_max = 8;
  int nodes_max = 64;
  size_t values_max = 200;  // of one rule
  size_t text_bytes_max = 1000;
  size_t pattern_bytes_max = 200;
  int days_max = 731;
};

// Nullopt (and problems) when it cannot be read.
std::optional<Predicate> read_predicate(const Json& value, const std::string& pointer, Problems& problems,
                                        const PredicateLimits& limits = {});
// Nullopt when it is no field; complains.
std::optional<Field> read_field(const Json& value, const std::string& pointer, Problems& problems);

}  // namespace gm::query
