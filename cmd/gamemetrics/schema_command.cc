#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "cmd/gamemetrics/api_client.h"
#include "cmd/gamemetrics/cli.h"
#include "cmd/gamemetrics/console.h"
#include "cmd/gamemetrics/event_sender.h"
#include "cmd/gamemetrics/exit_codes.h"
#include "cmd/gamemetrics/text_table.h"
#include "lib/codec/percent_encode.h"

namespace gm::gamemetrics {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kPageMax = 200;        // the API's
constexpr int kViolationsMax = 500;  // the API's

struct SchemaOptions {
  ServerOptions server;
  std::string event, property;
  std::vector<std::string> types;
  bool violations = false;
  std::string output;
};

// All events, page by page as the server gives them.
Result<Json> read_events(const SchemaOptions& options) {
  ApiClient api(options.server);
  Json events = Json::array();
  const std::string only = options.event.empty() ? "" : "&event=" + codec::percent_encode(options.event);
  for (std::string after;;) {
    const auto page = api.get(fmt::format("/api/v1/schema?limit={}{}{}", kPageMax, only, after));
    if (!page) return page.error();
    for (const Json& event : (*page)["events"]) events.push_back(event);
    if ((*page)["next"].is_null()) return events;
    after = "&after=" + codec::percent_encode((*page)["next"].get<std::string>());
  }
}

std::string words(const Json& list) {
  return list.is_array() ? fmt::format("{}", fmt::join(list.get<std::vector<std::string>>(), "|")) : std::string();
}

// The cells of a line, in the order of the columns: texts as they are, lists as their words, numbers as JSON.
std::vector<std::string> cells_of(const Json& line, std::initializer_list<const char*> columns) {
  std::vector<std::string> cells;
  for (const char* column : columns) {
    const Json& value = line.at(column);
    cells.push_back(value.is_string() ? value.get<std::string>() : value.is_array() ? words(value) : value.dump());
  }
  return cells;
}

// A line for each type that a property had.
void add_property(TextTable& table, const Json& event, const Json& property) {
  const std::string name = property["property"].get<std::string>(), of = event["event"].get<std::string>();
  const std::string expected = words(property["expected"]);
  if (property["seen"].empty()) table.rows.push_back({of, name, expected, "", "0", "", "", ""});
  for (const Json& seen : property["seen"]) {
    std::vector<std::string> cells = cells_of(seen, {"type", "values", "violates", "last_seen_at", "sample"});
    cells.insert(cells.begin(), {of, name, expected});
    table.rows.push_back(std::move(cells));
  }
}

void show(const SchemaOptions& options, const TextTable& table, const Json& json) {
  print(options.output == "json"  ? json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n"
        : options.output == "csv" ? render_csv(table)
                                  : render_aligned(table));
}

int list_violations(const SchemaOptions& options) {
  const auto answer = ApiClient(options.server).get(fmt::format("/api/v1/schema/violations?limit={}", kViolationsMax));
  if (!answer) return fail(answer.error());
  Json lines = Json::array();
  for (const Json& line : (*answer)["violations"]) {
    if (options.event.empty() || line["event"] == options.event) lines.push_back(line);
  }
  TextTable table{{"event", "property", "expected", "got", "values", "first_seen_at", "last_seen_at", "sample"}, {}};
  for (const Json& line : lines) {
    table.rows.push_back(
        cells_of(line, {"event", "property", "expected", "got", "values", "first_seen_at", "last_seen_at", "sample"}));
  }
  show(options, table, lines);
  return kExitOk;
}

int list(SchemaOptions options) {
  options.server.url = without_trailing_slash(options.server.url);
  if (options.violations) return list_violations(options);
  const auto events = read_events(options);
  if (!events) return fail(events.error());
  TextTable table{{"event", "property", "expected", "type", "values", "violates", "last_seen_at", "sample"}, {}};
  for (const Json& event : *events) {
    for (const Json& property : event["properties"]) add_property(table, event, property);
  }
  show(options, table, *events);
  return kExitOk;
}

Result<int64_t> change(SchemaOptions options, const char* path, const char* member) {
  options.server.url = without_trailing_slash(options.server.url);
  Json body = {{"event", options.event}};
  if (!options.property.empty()) body["property"] = options.property;
  if (!options.types.empty()) body["types"] = options.types;
  const auto answer = ApiClient(options.server).post_text(path, body.dump());
  if (!answer) return answer.error();
  return Json::parse(*answer, nullptr, false).value(member, int64_t{0});
}

int declare(const SchemaOptions& options) {
  const auto declared = change(options, "/api/v1/schema/declare", "declared");
  if (!declared) return fail(declared.error());
  print(fmt::format("{} declared\n", *declared));
  return kExitOk;
}

int forget(const SchemaOptions& options) {
  const auto forgotten = change(options, "/api/v1/schema/forget", "forgotten");
  if (!forgotten) return fail(forgotten.error());
  print(fmt::format("{} forgotten\n", *forgotten));
  return *forgotten > 0 ? kExitOk : kExitFailure;
}

std::shared_ptr<SchemaOptions> options_of(CLI::App& app) {
  const auto options = std::make_shared<SchemaOptions>();
  add_server_options(app, options->server, security::KeyKind::project);
  return options;
}

void add_list_command(Cli& cli, CLI::App& schema) {
  CLI::App* app = schema.add_subcommand("list", "List which properties came with which event, and of which types");
  const auto options = options_of(*app);
  app->add_option("--event", options->event, "Only the event of this name");
  app->add_flag("--violations", options->violations, "Only values of other types than are expected");
  add_output_option(*app, options->output, {"table", "json", "csv"});
  app->callback([&cli, options] { cli.chosen = [options] { return list(*options); }; });
}

void add_declare_command(Cli& cli, CLI::App& schema) {
  CLI::App* app = schema.add_subcommand(
      "declare",
      "Say which types a property has. Values of others are listed, and stored and counted all the same. Without "
      "--type: those that were learned so far; without a property: of all properties of the event");
  const auto options = options_of(*app);
  app->add_option("event", options->event, "The event's name")->required();
  app->add_option("property", options->property, "The property's name");
  app->add_option("--type", options->types, "string, number, boolean, list, object or null; may be repeated")
      ->allow_extra_args(false);
  app->callback([&cli, options] { cli.chosen = [options] { return declare(*options); }; });
}

void add_forget_command(Cli& cli, CLI::App& schema) {
  CLI::App* app = schema.add_subcommand("forget", "Expect nothing any more of a property, or of all of an event's");
  const auto options = options_of(*app);
  app->add_option("event", options->event, "The event's name")->required();
  app->add_option("property", options->property, "The property's name");
  app->callback([&cli, options] { cli.chosen = [options] { return forget(*options); }; });
}

}  // namespace

void add_schema_command(Cli& cli) {
  CLI::App* schema = cli.app.add_subcommand("schema", "Which properties events have: list what came, say what should");
  schema->require_subcommand(1);
  add_examples(*schema, {"gamemetrics schema list --key gm_pk_...", "gamemetrics schema list --violations -o json",
                         "gamemetrics schema declare level_start level --type number",
                         "gamemetrics schema declare level_start", "gamemetrics schema forget level_start level"});
  add_list_command(cli, *schema);
  add_declare_command(cli, *schema);
  add_forget_command(cli, *schema);
}

}  // namespace gm::gamemetrics
