// Commands that print the program's own declarations; docs/reference is made from them.

#include <algorithm>
#include <nlohmann/json.hpp>

#include "cmd/gamemetrics/cli.h"
#include "cmd/gamemetrics/console.h"
#include "cmd/gamemetrics/error_catalog.h"
#include "cmd/gamemetrics/exit_codes.h"
#include "cmd/gamemetrics/text_table.h"
#include "lib/config/quantity.h"
#include "lib/config/settings.h"
#include "lib/telemetry/catalog.h"
#include "services/event_ingestion/decoding/verdicts.h"

namespace gm::gamemetrics {
namespace {

std::string_view kind_name(telemetry::Kind kind) {
  switch (kind) {
    case telemetry::Kind::counter:
      return "counter";
    case telemetry::Kind::gauge:
      return "gauge";
    case telemetry::Kind::histogram:
      return "histogram";
  }
  return "";
}

int print_metrics(const std::string& output) {
  TextTable table{{"metric", "kind", "labels", "meaning"}, {}};
  auto json = nlohmann::ordered_json::array();
  std::string markdown =
      "# Metrics\nMade by `gamemetrics metrics-catalog -o markdown`; served at `/metrics` of the internal address.\n\n"
      "| Metric | Kind | Labels | Meaning |\n|---|---|---|---|\n";
  for (const telemetry::MetricDeclaration* metric : telemetry::catalog()) {
    const std::string labels = fmt::format("{}", fmt::join(metric->labels, ", "));
    table.rows.push_back(
        {std::string(metric->name), std::string(kind_name(metric->kind)), labels, std::string(metric->help)});
    json.push_back({{"name", metric->name},
                    {"kind", kind_name(metric->kind)},
                    {"labels", metric->labels},
                    {"help", metric->help}});
    markdown += fmt::format("| `{}` | {} | {} | {} |\n", metric->name, kind_name(metric->kind), labels, metric->help);
  }
  print(output == "json" ? json.dump(2) + "\n" : output == "markdown" ? markdown : render_aligned(table));
  return kExitOk;
}

std::string_view type_name(config::SettingType type) {
  switch (type) {
    case config::SettingType::text:
      return "text";
    case config::SettingType::integer:
      return "whole number";
    case config::SettingType::boolean:
      return "true or false";
    case config::SettingType::bytes:
      return "size";
    case config::SettingType::duration:
      return "duration";
    case config::SettingType::path:
      return "path";
  }
  return "";
}

std::string bounds_of(const config::SettingDeclaration& declaration) {
  const bool bounded = declaration.type == config::SettingType::integer ||
                       declaration.type == config::SettingType::bytes ||
                       declaration.type == config::SettingType::duration;
  if (!bounded) return "";
  return fmt::format("{} to {}", config::format_quantity(declaration.type, declaration.min),
                     config::format_quantity(declaration.type, declaration.max));
}

int print_settings() {
  std::string out =
      "# Settings\nMade by `gamemetrics settings-reference`. Each can stand in the file given with `--config` "
      "(`section: {key: value}`), in the environment\n"
      "(`GAMEMETRICS_SECTION_KEY`) or on the command line (`--section.key=value`); the later wins. `gamemetrics config "
      "show` tells which one did.\n\n"
      "| Setting | Kind | Default | Bounds | Meaning |\n|---|---|---|---|---|\n";
  for (const auto& d : config::declarations()) {
    const std::string value = d.default_value.empty() ? "" : fmt::format("`{}`", d.default_value);
    out += fmt::format("| `{}` | {} | {} | {} | {}{} |\n", d.name, type_name(d.type), value, bounds_of(d), d.prose,
                       d.secret ? " Secret." : "");
  }
  print(out);
  return kExitOk;
}

int print_errors() {
  std::string out =
      "# Errors\nMade by `gamemetrics errors-catalog`. The code is stable; the message may change. Without a status, "
      "the error appears on the command\n"
      "line or in the log only.\n\n| Code | HTTP status | Meaning | Way out |\n|---|---|---|---|\n";
  for (const ErrorEntry& entry : error_catalog()) {
    out += fmt::format("| <a id=\"{0}\"></a>`{0}` | {1} | {2} | {3} |\n", entry.code,
                       entry.http_status != 0 ? std::to_string(entry.http_status) : "", entry.meaning, entry.way_out);
  }
  out +=
      "\n## Tags of events\nEach event that is not plainly accepted gets one of these in the answer's `results`; "
      "dropped events are kept with it as "
      "their reason.\n\n| Tag | Verdict | Meaning |\n|---|---|---|\n";
  for (const event_ingestion::TagDeclaration& tag : event_ingestion::tags()) {
    out += fmt::format("| `{}` | {} | {} |\n", tag.name, event_ingestion::verdict_name(tag.verdict), tag.prose);
  }
  print(out);
  return kExitOk;
}

void append_help(const CLI::App& app, const std::string& prefix, std::string& out) {
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    const std::string name = prefix + " " + command->get_name();
    out += fmt::format("\n## {}\n```\n{}```\n", name, command->help(prefix));
    append_help(*command, name, out);
  }
}

int print_help() {
  Cli cli;
  build(cli);
  std::string out = fmt::format("# Command line\nMade by `gamemetrics help-reference`.\n```\n{}```\n", cli.app.help());
  append_help(cli.app, "gamemetrics", out);
  print(out);
  return kExitOk;
}

}  // namespace

void add_reference_commands(Cli& cli) {
  CLI::App* metrics = cli.app.add_subcommand("metrics-catalog", "List every metric that /metrics may show");
  const auto output = std::make_shared<std::string>();
  add_output_option(*metrics, *output, {"table", "json", "markdown"});
  add_examples(*metrics, {"gamemetrics metrics-catalog -o json"});
  metrics->callback([&cli, output] { cli.chosen = [output] { return print_metrics(*output); }; });

  CLI::App* settings = cli.app.add_subcommand("settings-reference", "Print every setting as Markdown");
  settings->callback([&cli] { cli.chosen = print_settings; });
  CLI::App* errors = cli.app.add_subcommand("errors-catalog", "Print every error code as Markdown");
  errors->callback([&cli] { cli.chosen = print_errors; });
  CLI::App* help = cli.app.add_subcommand("help-reference", "Print the help of every command as Markdown");
  help->callback([&cli] { cli.chosen = print_help; });
}

}  // namespace gm::gamemetrics
