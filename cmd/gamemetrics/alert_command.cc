#include "cmd/gamemetrics/alert_command.h"

#include <functional>
#include <nlohmann/json.hpp>

#include "cmd/gamemetrics/alert_file.h"
#include "cmd/gamemetrics/console.h"
#include "cmd/gamemetrics/event_sender.h"
#include "cmd/gamemetrics/exit_codes.h"
#include "cmd/gamemetrics/text_table.h"
#include "lib/codec/percent_encode.h"
#include "lib/io/file.h"

namespace gm::gamemetrics {
namespace {

using Json = nlohmann::ordered_json;

constexpr size_t kFileBytesMax = size_t{1} << 20;

struct AlertOptions {
  ServerOptions server;
  std::string name;  // or id
  std::string file;
  std::string channel;
  int limit = 50;
  bool open = false;
  std::string output;
};
using AlertAction = std::function<int(const AlertOptions&, ApiClient&)>;

std::string text_of(const Json& value) {
  return value.is_string() ? value.get<std::string>() : value.is_null() ? std::string() : value.dump();
}

// `columns`: members, "state.phase" of one within another.
TextTable table_of(const Json& rows, const std::vector<std::string>& columns) {
  TextTable table;
  for (const std::string& column : columns) table.columns.push_back(column.substr(column.find('.') + 1));
  for (const Json& row : rows) {
    std::vector<std::string> cells;
    for (const std::string& column : columns) {
      const size_t dot = column.find('.');
      const Json& part = dot == std::string::npos ? row : row.at(column.substr(0, dot));
      cells.push_back(text_of(part.value(column.substr(dot + 1), Json())));
    }
    table.rows.push_back(std::move(cells));
  }
  return table;
}

int show_list(ApiClient& api, const AlertOptions& options, const std::string& path, const char* list,
              const std::vector<std::string>& columns) {
  const auto found = api.get(path);
  if (!found) return fail(found.error());
  print(options.output == "json" ? found->dump(2) + "\n" : render_aligned(table_of((*found)[list], columns)));
  return kExitOk;
}

int list_alerts(const AlertOptions& options, ApiClient& api) {
  const std::string path =
      fmt::format("/api/v1/alerts?limit={}&open={}", options.limit, options.open ? "true" : "false");
  return show_list(api, options, path, "alerts", {"id", "rule_name", "state", "started_at", "ended_at", "summary"});
}

int list_rules(const AlertOptions& options, ApiClient& api) {
  return show_list(
      api, options, "/api/v1/alert-rules", "rules",
      {"id", "name", "metric", "window", "enabled", "state.phase", "state.period", "state.value", "state.not_judged"});
}

int list_channels(const AlertOptions& options, ApiClient& api) {
  return show_list(api, options, "/api/v1/channels", "channels",
                   {"id", "name", "kind", "target", "enabled", "trouble"});
}

int list_deliveries(const AlertOptions& options, ApiClient& api) {
  std::string path = fmt::format("/api/v1/deliveries?limit={}", options.limit);
  if (!options.channel.empty()) {
    const auto id = id_of(api, "channels", options.channel);
    if (!id) return fail(id.error());
    path += "&channel=" + codec::percent_encode(*id);
  }
  return show_list(api, options, path, "deliveries",
                   {"id", "type", "state", "attempts", "created_at", "next_attempt_at", "finished_at", "reason"});
}

int show_rule(const AlertOptions& options, ApiClient& api) {
  const auto id = id_of(api, "rules", options.name);
  if (!id) return fail(id.error());
  const auto rule = api.get("/api/v1/alert-rules/" + *id);
  if (!rule) return fail(rule.error());
  print(rule->dump(2) + "\n");
  return kExitOk;
}

int show_delivery(const AlertOptions& options, ApiClient& api) {
  const auto delivery = api.get("/api/v1/deliveries/" + codec::percent_encode(options.name));
  if (!delivery) return fail(delivery.error());
  print(delivery->dump(2) + "\n");
  return kExitOk;
}

int apply(const AlertOptions& options, ApiClient& api) {
  io::PosixFileSystem files;
  const auto text = io::read_file(files, options.file, kFileBytesMax);
  if (!text) return fail(text.error());
  const Json file = Json::parse(*text, nullptr, false);
  const auto done = apply_alert_file(api, file);
  if (!done) return fail(done.error());
  for (const std::string& line : *done) print(line + "\n");
  return kExitOk;
}

int remove_rule(const AlertOptions& options, ApiClient& api) {
  const auto id = id_of(api, "rules", options.name);
  if (!id) return fail(id.error());
  const auto removed = api.erase("/api/v1/alert-rules/" + *id);
  return removed ? kExitOk : fail(removed.error());
}

int test_channel(const AlertOptions& options, ApiClient& api) {
  const auto id = id_of(api, "channels", options.name);
  if (!id) return fail(id.error());
  const auto sent = api.send("POST", "/api/v1/channels/" + *id + "/test", Json::object());
  if (!sent) return fail(sent.error());
  print(sent->value("id", "") + "\n");
  say("what becomes of it: gamemetrics alert delivery {}", sent->value("id", ""));
  return kExitOk;
}

// A command that talks to the server.
CLI::App* add(Cli& cli, CLI::App& alert, const char* name, const char* prose,
              const std::shared_ptr<AlertOptions>& options, AlertAction action) {
  CLI::App* app = alert.add_subcommand(name, prose);
  add_server_options(*app, options->server, security::KeyKind::project);
  app->callback([&cli, options, action = std::move(action)] {
    cli.chosen = [options, action] {
      options->server.url = without_trailing_slash(options->server.url);
      ApiClient api(options->server);
      return action(*options, api);
    };
  });
  return app;
}

void add_listing(Cli& cli, CLI::App& alert, const char* name, const char* prose, AlertAction action, bool of_messages) {
  const auto options = std::make_shared<AlertOptions>();
  CLI::App* app = add(cli, alert, name, prose, options, std::move(action));
  add_output_option(*app, options->output, {"table", "json"});
  if (of_messages) app->add_option("--channel", options->channel, "Those of one channel, by name or id");
}

void add_naming(Cli& cli, CLI::App& alert, const char* name, const char* prose, const char* of, AlertAction action) {
  const auto options = std::make_shared<AlertOptions>();
  CLI::App* app = add(cli, alert, name, prose, options, std::move(action));
  app->add_option("name", options->name, of)->required();
}

void add_alerts(Cli& cli, CLI::App& alert) {
  const auto options = std::make_shared<AlertOptions>();
  CLI::App* app = add(cli, alert, "list", "List the alerts, the newest first", options, list_alerts);
  app->add_flag("--open", options->open, "Only those that are not over");
  app->add_option("--limit", options->limit, "Alerts to list")->check(CLI::Range(1, 500))->capture_default_str();
  add_output_option(*app, options->output, {"table", "json"});
}

void add_apply(Cli& cli, CLI::App& alert) {
  const auto options = std::make_shared<AlertOptions>();
  CLI::App* app =
      add(cli, alert, "apply", "Make and change channels and rules as a file has them, by their names", options, apply);
  app->add_option("file", options->file, "JSON: {\"channels\":[...],\"rules\":[...]}")->required();
}

}  // namespace

void add_alert_command(Cli& cli) {
  CLI::App* alert = cli.app.add_subcommand("alert", "Rules that watch the numbers, and whom they tell");
  alert->require_subcommand(1);
  add_examples(*alert, {"gamemetrics alert apply alerts.json", "gamemetrics alert test ops",
                        "gamemetrics alert list --open", "gamemetrics alert deliveries --channel ops"});
  add_alerts(cli, *alert);
  add_listing(cli, *alert, "rules", "List the rules and how they stand", list_rules, false);
  add_naming(cli, *alert, "show", "Show a rule and how it stands", "The rule's name or id", show_rule);
  add_apply(cli, *alert);
  add_naming(cli, *alert, "remove", "Remove a rule; its open alert ends", "The rule's name or id", remove_rule);
  add_listing(cli, *alert, "channels", "List the channels", list_channels, false);
  add_naming(cli, *alert, "test", "Send a test message, and print its id", "The channel's name or id", test_channel);
  add_listing(cli, *alert, "deliveries", "List the messages and what became of them", list_deliveries, true);
  add_naming(cli, *alert, "delivery", "Show a message and each attempt to send it", "The message's id", show_delivery);
}

}  // namespace gm::gamemetrics
