#pragma once
// Private to this folder: what a body says that declares or forgets the types of properties.

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "lib/event/property_type.h"
#include "lib/query/language/problem.h"

namespace gm::analytics_api {

struct DeclareRequest {
  std::string event;
  std::optional<std::string> property;  // absent: every property that was learned of the event
  event::PropertyTypes types;           // empty: what was learned
};
struct ForgetRequest {
  std::string event;
  std::optional<std::string> property;  // absent: all of the event
};

// Of use only when no problem was added.
DeclareRequest read_declare_request(const nlohmann::json& body, query::Problems& problems);
ForgetRequest read_forget_request(const nlohmann::json& body, query::Problems& problems);

}  // namespace gm::analytics_api
