#include "cmd/gamemetrics/privacy_command.h"

#include <chrono>
#include <nlohmann/json.hpp>
#include <thread>

#include "cmd/gamemetrics/api_client.h"
#include "cmd/gamemetrics/cli.h"
#include "cmd/gamemetrics/console.h"
#include "cmd/gamemetrics/event_sender.h"
#include "cmd/gamemetrics/exit_codes.h"
#include "cmd/gamemetrics/query_export.h"
#include "cmd/gamemetrics/text_table.h"
#include "lib/codec/percent_encode.h"

namespace gm::gamemetrics {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kPath = "/api/v1/privacy/requests";
constexpr const char* kExportsPath = "/api/v1/privacy/exports";
constexpr auto kAskEvery = std::chrono::milliseconds(500);

struct PrivacyOptions {
  ServerOptions server;
  std::string player;
  std::string request;
  int limit = 50;
  bool wait = false;
  bool yes = false;
  std::string file;
  std::string kind;
  std::string set;
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

Result<Json> wait_until_done(ApiClient& api, const std::string& id) {
  for (;;) {
    auto request = read_request(api, id);
    if (!request || (*request)["state"] == "done") return request;
    std::this_thread::sleep_for(kAskEvery);
  }
}

// The request as it is answered, or as it is once it is done.
Result<Json> ask(ApiClient& api, const char* path, const std::string& body, bool wait) {
  const auto answer = api.post_text(path, body);
  if (!answer) return answer.error();
  Json request = Json::parse(*answer, nullptr, false);
  if (!request.is_object()) return Error{"gm-server-unreachable", "the answer is no JSON object"};
  return wait ? wait_until_done(api, text_of(request["id"])) : request;
}

int erase(PrivacyOptions options) {
  if (!options.yes)
    return fail(Error{"gm-usage-invalid", "an erasure cannot be taken back; say --yes when you mean it"});
  options.server.url = without_trailing_slash(options.server.url);
  ApiClient api(options.server);
  const auto request = ask(api, kPath, Json{{"kind", "erase"}, {"player", options.player}}.dump(), options.wait);
  if (!request) return fail(request.error());
  show(*request, options.output);
  return kExitOk;
}

// Of restrict, object, lift and rectify.
int ask_kind(PrivacyOptions options) {
  options.server.url = without_trailing_slash(options.server.url);
  Json body = {{"kind", options.kind}, {"player", options.player}};
  std::string text = body.dump();
  // As it was written: numbers keep their digits.
  if (!options.set.empty()) text = text.substr(0, text.size() - 1) + ",\"set\":" + options.set + "}";
  ApiClient api(options.server);
  const auto request = ask(api, kPath, text, options.wait);
  if (!request) return fail(request.error());
  show(*request, options.output);
  return kExitOk;
}

int fetch(const PrivacyOptions& options, const std::string& request) {
  return export_answer(options.server,
                       {"GET", fmt::format("{}/{}/file", kPath, codec::percent_encode(request)), "", options.file});
}

int export_player(PrivacyOptions options) {
  options.server.url = without_trailing_slash(options.server.url);
  ApiClient api(options.server);
  const bool fetches = !options.file.empty();
  const auto request = ask(api, kExportsPath, Json{{"player", options.player}}.dump(), options.wait || fetches);
  if (!request) return fail(request.error());
  if (fetches) {
    if (const int code = fetch(options, text_of((*request)["id"])); code != kExitOk) return code;
  }
  show(*request, options.output);
  return kExitOk;
}

int fetch_file(PrivacyOptions options) {
  options.server.url = without_trailing_slash(options.server.url);
  return fetch(options, options.request);
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

void add_export_command(Cli& cli, CLI::App& privacy) {
  CLI::App* app = privacy.add_subcommand("export", "Have everything of a player written to a file, and fetch it");
  const auto options = std::make_shared<PrivacyOptions>();
  add_server_options(*app, options->server, security::KeyKind::project);
  app->add_option("--player", options->player, "One of his ids")->required();
  app->add_flag("--wait", options->wait, "Until it is done, and show what was found where");
  app->add_option("--file", options->file, "Wait, then write the ZIP archive here");
  add_output_option(*app, options->output, {"table", "json"});
  app->callback([&cli, options] { cli.chosen = [options] { return export_player(*options); }; });
}

CLI::App* add_kind_command(Cli& cli, CLI::App& privacy, const char* kind, const char* prose) {
  CLI::App* app = privacy.add_subcommand(kind, prose);
  const auto options = std::make_shared<PrivacyOptions>();
  options->kind = kind;
  add_server_options(*app, options->server, security::KeyKind::project);
  app->add_option("--player", options->player, "One of his ids")->required();
  if (options->kind == "rectify") {
    app->add_option("--set", options->set,
                    R"(What is right, as JSON; null takes away: {"country":"AT","properties":{"email":null}})")
        ->required();
  }
  app->add_flag("--wait", options->wait, "Until it is done, and show what was found where");
  add_output_option(*app, options->output, {"table", "json"});
  app->callback([&cli, options] { cli.chosen = [options] { return ask_kind(*options); }; });
  return app;
}

void add_fetch_command(Cli& cli, CLI::App& privacy) {
  CLI::App* app = privacy.add_subcommand("fetch", "Fetch the file of an export that is done");
  const auto options = std::make_shared<PrivacyOptions>();
  app->add_option("request", options->request, "The request's id")->required();
  add_server_options(*app, options->server, security::KeyKind::project);
  app->add_option("--file", options->file, "Where the ZIP archive is written")->required();
  app->callback([&cli, options] { cli.chosen = [options] { return fetch_file(*options); }; });
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
  CLI::App* privacy =
      cli.app.add_subcommand("privacy", "What people ask for about their data: export, erase, restrict, rectify");
  privacy->require_subcommand(1);
  add_examples(*privacy, {"gamemetrics privacy export --player anna --file anna.zip",
                          "gamemetrics privacy erase --player anna --yes --wait", "gamemetrics privacy status",
                          "gamemetrics privacy status 019ac0f2-7c1e-7d5a-a5b0-2f1f0c9d3e11"});
  add_erase_command(cli, *privacy);
  add_export_command(cli, *privacy);
  add_fetch_command(cli, *privacy);
  add_kind_command(cli, *privacy, "restrict", "Take a player out of every number for now, and nothing new of him");
  add_kind_command(cli, *privacy, "object", "Take nothing new of a player; what was counted stays");
  add_kind_command(cli, *privacy, "lift", "End what restrict and object have asked for");
  CLI::App* rectify = add_kind_command(cli, *privacy, "rectify", "Put right, or take away, what is stored of a player");
  add_examples(*rectify,
               {R"(gamemetrics privacy rectify --player anna --set '{"country":"AT","properties":{"email":null}}')"});
  add_status_command(cli, *privacy);
}

}  // namespace gm::gamemetrics
