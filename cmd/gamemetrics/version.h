#pragma once

#include <string_view>

namespace gm::gamemetrics {

std::string_view version();
// Processor family, e.g. "x86_64".
std::string_view built_for();

}  // namespace gm::gamemetrics
