#pragma once
// What is wrong where in a request.

#include <string>
#include <vector>

namespace gm::query {

struct Problem {
  std::string pointer;  // RFC 6901: "/filter/all/0/field"
  std::string detail;
};
using Problems = std::vector<Problem>;

}  // namespace gm::query
