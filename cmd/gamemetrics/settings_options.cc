#include "cmd/gamemetrics/settings_options.h"

#include <cstdlib>

#include "lib/io/file.h"

extern char** environ;

namespace gm::gamemetrics {
namespace {

constexpr uint64_t kConfigBytesMax = 1u << 20;

std::map<std::string, std::string> environment() {
  std::map<std::string, std::string> variables;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string text = *entry;
    const size_t equals = text.find('=');
    if (equals != std::string::npos) variables.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return variables;
}

}  // namespace

std::shared_ptr<SettingsOptions> add_settings_options(CLI::App& command) {
  auto options = std::make_shared<SettingsOptions>();
  command.add_option("-c,--config", options->config_file, "Settings file (YAML)")->envname("GAMEMETRICS_CONFIG");
  for (const config::SettingDeclaration& declaration : config::declarations()) {
    // In a group without a name, so that --help stays readable; `gamemetrics settings-reference` lists them all.
    command
        .add_option_function<std::string>(
            "--" + std::string(declaration.name),
            [options, name = std::string(declaration.name)](const std::string& value) { options->flags[name] = value; })
        ->group("");
  }
  return options;
}

Result<config::Settings> load_settings(const SettingsOptions& options) {
  config::Settings settings = config::Settings::defaults();
  if (!options.config_file.empty()) {
    io::PosixFileSystem files;
    const auto text = io::read_file(files, options.config_file, kConfigBytesMax);
    if (!text) return Error{"gm-config-unreadable", text.error().message};
    if (const auto status = settings.load_yaml(*text, options.config_file); !status) return status.error();
  }
  if (const auto status = settings.load_environment(environment()); !status) return status.error();
  for (const auto& [name, value] : options.flags) {
    if (const auto status = settings.set(name, value, "--" + name); !status) return status.error();
  }
  return settings;
}

std::string data_path(const config::Settings& settings, std::string_view name) {
  return settings.text("data_dir") + "/" + std::string(name);
}

}  // namespace gm::gamemetrics
