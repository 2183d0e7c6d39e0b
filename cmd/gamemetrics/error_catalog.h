#pragma once
// Every error code of the product, once; docs/reference/errors.md is made from it, and a test holds it against the
// source.

#include <string_view>
#include <vector>

namespace gm::gamemetrics {

struct ErrorEntry {
  std::string_view code;
  int http_status;  // 0: never an HTTP answer
  std::string_view meaning;
  std::string_view way_out;
};
// Sorted by code.
const std::vector<ErrorEntry>& error_catalog();

}  // namespace gm::gamemetrics
