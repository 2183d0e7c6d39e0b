#include "cmd/gamemetrics/version.h"

namespace gm::gamemetrics {

std::string_view version() { return GM_VERSION; }

std::string_view built_for() { return GM_PROCESSOR; }

}  // namespace gm::gamemetrics
