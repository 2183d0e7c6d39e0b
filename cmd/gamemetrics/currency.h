#pragma once

#include <string_view>

#include "lib/base/result.h"

namespace gm::gamemetrics {

// Whether revenue can be told in it. Error gm-config-invalid-value.
Status check_currency(std::string_view currency);

}  // namespace gm::gamemetrics
