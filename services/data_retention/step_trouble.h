#pragma once
// Why a privacy request cannot go on for now.

#include <string_view>

#include "lib/base/result.h"

namespace gm::data_retention {

struct StepTrouble {
  std::string_view place;
  Error error;
};

}  // namespace gm::data_retention
