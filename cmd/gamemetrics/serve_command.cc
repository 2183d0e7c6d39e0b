#include <sys/resource.h>

#include "cmd/gamemetrics/cli.h"
#include "cmd/gamemetrics/console.h"
#include "cmd/gamemetrics/exit_codes.h"
#include "cmd/gamemetrics/instance.h"
#include "cmd/gamemetrics/settings_options.h"
#include "cmd/gamemetrics/stop_signal.h"
#include "cmd/gamemetrics/targets.h"

namespace gm::gamemetrics {
namespace {

constexpr int64_t kUntilSignalMs = 3'600'000;

struct ServeOptions {
  std::shared_ptr<SettingsOptions> settings;
  std::string keys_file;
  std::string target = "all";
  bool list_targets = false;
};

// Connections are descriptors; the soft limit of 1024 that many systems set is meant for programs that use select().
void raise_descriptor_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == limit.rlim_max) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

void reload(Instance& instance, const SettingsOptions& options, const telemetry::Logger& logger) {
  const auto settings = load_settings(options);
  if (!settings)
    return logger.error("reload: the settings are not valid; nothing changed",
                        {{"code", settings.error().code}, {"error", settings.error().message}});
  if (const auto level = telemetry::parse_level(settings->text("logging.level"))) logger.set_level(*level);
  const auto keys = instance.reload_keys();
  if (!keys)
    return logger.error("reload: the keys could not be read",
                        {{"code", keys.error().code}, {"error", keys.error().message}});
  const auto certificate = instance.reload_certificate();
  if (!certificate)
    return logger.error("reload: the certificate could not be read; the known one stays in use",
                        {{"code", certificate.error().code}, {"error", certificate.error().message}});
  logger.info("reloaded keys, logging.level and the certificate");
}

void show_keys(const ProjectKeys& keys, const std::string& url, const std::string& keys_file,
               const telemetry::Logger& logger) {
  if (!keys_file.empty()) {
    const auto written = write_keys_file(keys_file, keys, url);
    if (!written)
      logger.error("the keys file could not be written",
                   {{"code", written.error().code}, {"error", written.error().message}});
  }
  print(welcome_text(keys, url));
}

// Who asks for a keys file and finds none waits for something that only a first start does.
void hint_at_keys(const std::string& keys_file, const telemetry::Logger& logger) {
  io::PosixFileSystem files;
  if (keys_file.empty() || files.open(keys_file, io::OpenMode::read)) return;
  logger.warn("no keys file was written: the data directory has its project already, and keys are shown only once",
              {{"keys_file", keys_file}, {"fix", "gamemetrics key create write; gamemetrics key create project"}});
}

int serve(const ServeOptions& options) {
  if (options.list_targets) {
    print(render_module_map());
    return kExitOk;
  }
  const auto settings = load_settings(*options.settings);
  if (!settings) return fail(settings.error());
  const SystemClock clock;
  const auto logger = make_logger(*settings, clock);
  if (!logger) return fail(logger.error());
  watch_stop_signals();
  raise_descriptor_limit();
  auto instance = Instance::start(*settings, clock, *logger, [&](const ProjectKeys& keys, const std::string& url) {
    show_keys(keys, url, options.keys_file, *logger);
  });
  if (!instance) {
    logger->error("cannot start", {{"code", instance.error().code}, {"error", instance.error().message}});
    return exit_code_for(instance.error());
  }
  if (!(*instance)->new_keys()) hint_at_keys(options.keys_file, *logger);
  while (!wait_for_stop(kUntilSignalMs)) {
    if (take_reload_request()) reload(**instance, *options.settings, *logger);
  }
  (*instance)->stop();
  return (*instance)->failed() ? kExitIo : kExitOk;
}

}  // namespace

void add_serve_command(Cli& cli) {
  CLI::App* command =
      cli.app.add_subcommand("serve", "Serve events, numbers and the dashboard (also without any command)");
  const auto options = std::make_shared<ServeOptions>();
  options->settings = add_settings_options(*command);
  command->add_option("--keys-file", options->keys_file,
                      "Also write the keys of a first start to this file, as KEY=value lines");
  command->add_option("--target", options->target, "Which modules to run, see --list-targets")
      ->check(CLI::IsMember({"all"}))
      ->capture_default_str();
  command->add_flag("--list-targets", options->list_targets, "Print which module is made of what, and end");
  add_examples(*command,
               {"gamemetrics serve --data_dir=/srv/gm --http.address=0.0.0.0:8080",
                "gamemetrics serve --config gamemetrics.yaml --keys-file keys.env",
                "gamemetrics serve --project.name='Space Miner' --project.time_zone=Europe/Berlin",
                "Any setting can be given as --section.key=VALUE; gamemetrics settings-reference lists them."});
  command->callback([&cli, options] { cli.chosen = [options] { return serve(*options); }; });
}

}  // namespace gm::gamemetrics
