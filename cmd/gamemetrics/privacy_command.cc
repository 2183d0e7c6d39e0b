#include "cmd/gamemetrics/privacy_command.h"

#include <chrono>
#include <nlohmann/json.hpp>
#include <thread>

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

constexpr const char* kPath = "/api/v1/privacy/requests";
constexpr auto kAskEvery = std::chrono::milliseconds(500);

struct PrivacyOptions {
  ServerOptions server;
  std::string player;
  std::string request;
  int limit = 50;
  bool wait = false;
  bool yes = false;
  std::string output;
};

std::string text_of(const Json& value) {
  return value.is_string() ? value.get<std::string>() : value.is_null() ? std::string() : value.dump();
}

TextTable table_of(const Json& rows, std::vector<std::string> columns) {
  TextTable table{std::move(columns), {}};
  for (const Json& row : rows) {
    std::vector<std::string> cells;
    for (const std::string& column : table.columns) cells.push_back(text_of(row.value(column, Json())));
    table.rows.push_back(std::move(cells));
  }
  return table;
}

const std::vector<std::string>& request_columns() {
  static const std::vector<std::string> columns = {"id",  "kind",        "state",  "player",
                                                   "ids", "received_at", "due_at", "finished_at"};
  return columns;
}

void show(const Json& request, const std::string& output) {
  if (output == "json") return print(request.dump(2) + "\n");
  print(render_aligned(table_of(Json::array({request}), request_columns())));
  if (!request["trouble"].is_null()) say("tried again: {}", text_of(request["trouble"]));
  if (request.contains("places")) print(render_aligned(table_of(request["places"], {"place", "items", "finished_at"})));
}

Result<Json> read_request(ApiClient& api, const std::string& id) {
  return api.get(fmt::format("{}/{}", kPath, codec::percent_encode(id)));
}

int wait_until_done(ApiClient& api, const std::string& id, const std::string& output) {
  for (;;) {
    const auto request = read_request(api, id);
    if (!request) return fail(request.error());
    if ((*request)["state"] == "done") {
      show(*request, output);
      return kExitOk;
    }
    std::this_thread::sleep_for(kAskEvery);
  }
}

int erase(PrivacyOptions options) {
  if (!options.yes)
    return fail(Error{"gm-usage-invalid", "an erasure cannot be taken back; say --yes when you mean it"});
  options.server.url = without_trailing_slash(options.server.url);
  ApiClient api(options.server);
  const auto answer = api.post_text(kPath, Json{{"kind", "erase"}, {"player", options.player}}.dump());
  if (!answer) return fail(answer.error());
  const Json request = Json::parse(*answer, nullptr, false);
  if (!request.is_object()) return fail(Error{"gm-server-unreachable", "the answer is no JSON object"});
  if (options.wait) return wait_until_done(api, text_of(request["id"]), options.output);
  show(request, options.output);
  return kExitOk;
}

int status(PrivacyOptions options) {
  options.server.url = without_trailing_slash(options.server.url);
  ApiClient api(options.server);
  if (!options.request.empty()) {
    const auto request = read_request(api, options.request);
    if (!request) return fail(request.error());
    show(*request, options.output);
    return kExitOk;
  }
  const auto found = api.get(fmt::format("{}?limit={}", kPath, options.limit));
  if (!found) return fail(found.error());
  print(options.output == "json" ? found->dump(2) + "\n"
                                 : render_aligned(table_of((*found)["requests"], request_columns())));
  return kExitOk;
}

void add_erase_command(Cli& cli, CLI::App& privacy) {
  CLI::App* app = privacy.add_subcommand("erase", "Take a player, with all of his ids, out of everything for good");
  const auto options = std::make_shared<PrivacyOptions>();
  add_server_options(*app, options->server, security::KeyKind::project);
  app->add_option("--player", options->player, "One of his ids")->required();
  app->add_flag("--yes", options->yes, "He is erased for good, and nothing brings him back");
  app->add_flag("--wait", options->wait, "Until it is done, and show what was found where");
  add_output_option(*app, options->output, {"table", "json"});
  app->callback([&cli, options] { cli.chosen = [options] { return erase(*options); }; });
}

void add_status_command(Cli& cli, CLI::App& privacy) {
  CLI::App* app = privacy.add_subcommand("status", "Show the requests, or one of them with what was found where");
  const auto options = std::make_shared<PrivacyOptions>();
  app->add_option("request", options->request, "A request's id; without it all are listed, the newest first");
  add_server_options(*app, options->server, security::KeyKind::project);
  app->add_option("--limit", options->limit, "Requests to list")->check(CLI::Range(1, 500))->capture_default_str();
  add_output_option(*app, options->output, {"table", "json"});
  app->callback([&cli, options] { cli.chosen = [options] { return status(*options); }; });
}

}  // namespace

void add_privacy_command(Cli& cli) {
  CLI::App* privacy = cli.app.add_subcommand("privacy", "What people ask for about their data: erase a player");
  privacy->require_subcommand(1);
  add_examples(*privacy, {"gamemetrics privacy erase --player anna --yes --wait", "gamemetrics privacy status",
                          "gamemetrics privacy status 019ac0f2-7c1e-7d5a-a5b0-2f1f0c9d3e11"});
  add_erase_command(cli, *privacy);
  add_status_command(cli, *privacy);
}

}  // namespace gm::gamemetrics
