#pragma once
// The options by which a command takes settings: --config FILE and --section.key=VALUE.

#include <CLI/CLI.hpp>
#include <map>
#include <memory>
#include <string>

#include "lib/config/settings.h"

namespace gm::gamemetrics {

struct SettingsOptions {
  std::string config_file;                   // empty: GAMEMETRICS_CONFIG, else none
  std::map<std::string, std::string> flags;  // by setting
};

std::shared_ptr<SettingsOptions> add_settings_options(CLI::App& command);

// Default < file < environment < flags. Errors: gm-config-*, gm-io-*.
Result<config::Settings> load_settings(const SettingsOptions& options);

// A directory inside data_dir, e.g. "log".
std::string data_path(const config::Settings& settings, std::string_view name);

}  // namespace gm::gamemetrics
