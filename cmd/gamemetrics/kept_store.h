#pragma once
// Where what people keep about their projects lies.

#include <memory>
#include <string_view>

#include "lib/config/settings.h"
#include "lib/store/kept_store.h"

namespace gm::gamemetrics {

// The file inside data_dir.
inline constexpr std::string_view kKeptFile = "kept.sqlite";
Result<std::unique_ptr<store::KeptStore>> open_kept_store(const config::Settings& settings);

}  // namespace gm::gamemetrics
