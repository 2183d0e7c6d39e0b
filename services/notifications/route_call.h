#pragma once
// Private to this folder: one request of somebody who may make it, and how routes answer.

#include <cstdint>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "lib/query/language/object_reader.h"
#include "services/notifications/alert_routes.h"

namespace gm::notifications {

using OrderedJson = nlohmann::ordered_json;

inline constexpr int64_t kListed = 50, kListedMax = 500;
inline constexpr size_t kAlertNameBytesMax = 200;

struct Call {
  const http::Request& request;
  const AlertRoutesDependencies& d;
  security::Principal caller;
  query::Problems problems = {};  // those of body and parameters, told together

  ProjectId project() const { return caller.project; }
  std::string id() const { return std::string(request.path_parameters.front()); }
  // The body, which the caller of this reads with an ObjectReader; a complaint and an empty object when it is no JSON.
  query::Json body();
  int64_t limit();
  bool flag(std::string_view name);
  // Names of before and after; empty: there was or is nothing.
  Status note(std::string_view action, const std::string& object, const std::string& before,
              const std::string& after) const;
};

using CallHandler = std::function<Result<http::Response>(Call&)>;
// Adds a route whose handler runs for those who may; problems and errors become answers.
void add_call(http::Router& router, http::Method method, const char* pattern,
              const std::shared_ptr<const AlertRoutesDependencies>& dependencies, CallHandler handler);

http::Response answered(const OrderedJson& json, int status = 200);
http::Response nothing();                        // 204
OrderedJson moment_json(int64_t ms);             // null for 0
OrderedJson text_json(const std::string& text);  // null for ""

}  // namespace gm::notifications
