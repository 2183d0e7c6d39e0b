#include <nlohmann/json.hpp>

#include "cmd/gamemetrics/cli.h"
#include "cmd/gamemetrics/console.h"
#include "cmd/gamemetrics/exit_codes.h"
#include "cmd/gamemetrics/first_start.h"
#include "cmd/gamemetrics/instance.h"
#include "cmd/gamemetrics/settings_options.h"
#include "cmd/gamemetrics/text_table.h"
#include "lib/http/tls_identity.h"
#include "lib/io/network.h"
#include "services/event_ingestion/client_address.h"
#include "services/event_ingestion/decoding/ingest_settings.h"

namespace gm::gamemetrics {
namespace {

bool is_secret(std::string_view name) {
  for (const auto& declaration : config::declarations()) {
    if (declaration.name == name) return declaration.secret;
  }
  return false;
}

Status check_tls(const config::Settings& settings) {
  const std::string certificate = settings.text("http.tls.certificate");
  const std::string key = settings.text("http.tls.key");
  if (certificate.empty() && key.empty()) return {};
  if (certificate.empty() || key.empty())
    return Error{"gm-tls-incomplete", "http.tls.certificate and http.tls.key go together: set both, or neither"};
  io::PosixFileSystem files;
  const auto loaded = http::TlsIdentity(files, certificate, key).load();
  return loaded ? Status() : Status(loaded.error());
}

// What the declarations cannot say and a start would refuse.
Status check_meaning(const config::Settings& settings) {
  const SystemClock clock;
  if (const auto logger = make_logger(settings, clock); !logger) return logger.error();
  for (const char* address : {"http.address", "internal.address"}) {
    const auto endpoint = io::parse_endpoint(settings.text(address));
    if (!endpoint) return Error{endpoint.error().code, fmt::format("{}: {}", address, endpoint.error().message)};
  }
  if (const Status tls = check_tls(settings); !tls) return tls;
  if (const Status words = event_ingestion::IngestSettings::check(settings); !words) return words;
  const auto proxies = event_ingestion::TrustedProxies::parse(settings.text("http.trusted_proxies"));
  if (!proxies) return proxies.error();
  return check_project(settings);
}

int check(const SettingsOptions& options) {
  const auto settings = load_settings(options);
  if (!settings) {
    say("{}", settings.error().message);
    return exit_code_for(settings.error());
  }
  if (const Status meaning = check_meaning(*settings); !meaning) return fail(meaning.error());
  say("the settings are valid");
  return kExitOk;
}

int show(const SettingsOptions& options, const std::string& output) {
  const auto settings = load_settings(options);
  if (!settings) return fail(settings.error());
  TextTable table{{"setting", "value", "origin"}, {}};
  nlohmann::ordered_json json = nlohmann::ordered_json::object();
  for (const auto& [name, entry] : settings->entries()) {
    const std::string value = is_secret(name) && !entry.value.empty() ? "***" : entry.value;
    table.rows.push_back({name, value, entry.origin});
    json[name] = {{"value", value}, {"origin", entry.origin}};
  }
  print(output == "json" ? json.dump(2) + "\n" : render_aligned(table));
  return kExitOk;
}

// A file that says nothing but the defaults, with each setting's prose.
int show_default() {
  std::string out = "# Every setting with its default. Keep only the lines you change.\n";
  std::string section;
  for (const auto& declaration : config::declarations()) {
    const size_t dot = declaration.name.find('.');
    const std::string own = dot == std::string_view::npos ? "" : std::string(declaration.name.substr(0, dot));
    if (own != section) out += own.empty() ? "\n" : fmt::format("\n{}:\n", own);
    section = own;
    const std::string indent = own.empty() ? "" : "  ";
    const auto key = own.empty() ? declaration.name : declaration.name.substr(dot + 1);
    const bool quoted = declaration.default_value.empty();
    out += fmt::format("{}# {}\n{}{}: {}\n", indent, declaration.prose, indent, key,
                       quoted ? "\"\"" : declaration.default_value);
  }
  print(out);
  return kExitOk;
}

}  // namespace

void add_config_command(Cli& cli) {
  CLI::App* config = cli.app.add_subcommand("config", "Check and show the settings");
  config->require_subcommand(1);
  add_examples(*config, {"gamemetrics config check --config gamemetrics.yaml", "gamemetrics config show -o json",
                         "gamemetrics config default > gamemetrics.yaml"});

  CLI::App* check_app = config->add_subcommand("check", "Say whether a server would start with these settings");
  const auto check_options = add_settings_options(*check_app);
  add_examples(*check_app, {"gamemetrics config check --config gamemetrics.yaml"});
  check_app->callback([&cli, check_options] { cli.chosen = [check_options] { return check(*check_options); }; });

  CLI::App* show_app =
      config->add_subcommand("show", "Show each setting's value and where it comes from; secrets are masked");
  const auto show_options = add_settings_options(*show_app);
  const auto output = std::make_shared<std::string>();
  add_output_option(*show_app, *output, {"table", "json"});
  add_examples(*show_app, {"gamemetrics config show --http.threads=2"});
  show_app->callback(
      [&cli, show_options, output] { cli.chosen = [show_options, output] { return show(*show_options, *output); }; });

  CLI::App* default_app = config->add_subcommand("default", "Print a settings file with every default and its prose");
  default_app->callback([&cli] { cli.chosen = show_default; });
}

}  // namespace gm::gamemetrics
