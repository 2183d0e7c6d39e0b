#include "lib/identity/project_access.h"

namespace gm::identity {

int64_t asker_number(int64_t user, int64_t token) { return token != 0 ? -2 * token : -2 * user - 1; }

std::string asker_name(int64_t number) {
  if (number >= 0) return "key:" + std::to_string(number);
  return number % 2 == 0 ? "token:" + std::to_string(number / -2) : "user:" + std::to_string((number + 1) / -2);
}

}  // namespace gm::identity
