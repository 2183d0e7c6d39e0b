#pragma once
// Private to this folder: one request after the gate, and how routes answer.

#include <cstdint>
#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "lib/http/message.h"
#include "lib/query/language/object_reader.h"
#include "services/users/caller.h"
#include "services/users/grantor.h"

namespace gm::users {

using Json = nlohmann::ordered_json;

struct Call {
  const http::Request& request;
  Caller caller;                                  // nobody where anyone may call
  int64_t organisation = 0;                       // of the path, or of the path's project
  std::optional<identity::OwnedProject> project;  // of the path
  int64_t number = 0;                             // the path's last parameter, where there is one behind those
  query::Problems problems;                       // those of body and parameters, told together

  Grantor grantor() const {
    return {caller.actor(), [this](identity::Action action) { return caller.may(organisation, action); }};
  }
  // The body, which the caller of this reads with an ObjectReader; a complaint and an empty object when it is no JSON.
  nlohmann::json body();
  // A whole number of the query. Complains when it is none between `min` and `max`.
  std::optional<int64_t> parameter(std::string_view name, int64_t min, int64_t max);
};

using RouteHandler = std::function<Result<http::Response>(Call&)>;

http::Response answered(const Json& json, int status = 200);
http::Response nothing();  // 204
http::Response refused(const Error& error, const http::Request& request);
http::Response invalid(const query::Problems& problems, const http::Request& request);

}  // namespace gm::users
