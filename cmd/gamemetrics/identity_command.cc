#include <nlohmann/json.hpp>

#include "cmd/gamemetrics/api_client.h"
#include "cmd/gamemetrics/cli.h"
#include "cmd/gamemetrics/console.h"
#include "cmd/gamemetrics/event_sender.h"
#include "cmd/gamemetrics/exit_codes.h"
#include "cmd/gamemetrics/text_table.h"
#include "lib/base/uuid.h"
#include "lib/codec/percent_encode.h"

namespace gm::gamemetrics {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kPageMax = 500;  // the API's

struct IdentityOptions {
  ServerOptions server;
  std::string player;
  std::string link;
  int limit = 20;
  std::string output;
};

std::string text_of(const Json& value) { return value.is_string() ? value.get<std::string>() : std::string(); }

// The newest `options.limit` links, page by page as the server gives them.
Result<Json> read_links(const IdentityOptions& options) {
  ApiClient api(options.server);
  Json links = Json::array();
  std::string before;
  const std::string player = options.player.empty() ? "" : "&player=" + codec::percent_encode(options.player);
  for (int left = options.limit; left > 0;) {
    const auto page =
        api.get(fmt::format("/api/v1/identity/links?limit={}{}{}", std::min(left, kPageMax), player, before));
    if (!page) return page.error();
    for (const Json& link : (*page)["links"]) links.push_back(link);
    left -= static_cast<int>((*page)["links"].size());
    if ((*page)["next"].is_null()) break;
    before = fmt::format("&before={}", (*page)["next"].dump());
  }
  return links;
}

int list(IdentityOptions options) {
  options.server.url = without_trailing_slash(options.server.url);
  const auto links = read_links(options);
  if (!links) return fail(links.error());
  if (options.output == "json") {
    print(links->dump(2) + "\n");
    return kExitOk;
  }
  TextTable table{{"id", "kind", "member", "player", "received_at", "outcome", "undone_at"}, {}};
  for (const Json& link : *links) {
    std::vector<std::string> cells;
    for (const std::string& column : table.columns) cells.push_back(text_of(link.value(column, Json())));
    table.rows.push_back(std::move(cells));
  }
  print(options.output == "csv" ? render_csv(table) : render_aligned(table));
  return kExitOk;
}

int undo(IdentityOptions options) {
  const auto link = Uuid::parse(options.link);
  if (!link) return fail(Error{"gm-usage-invalid", "a link's id is a UUID, see gamemetrics identity list"});
  options.server.url = without_trailing_slash(options.server.url);
  const auto done =
      ApiClient(options.server).post_text(fmt::format("/api/v1/identity/links/{}/undo", link->to_string()), "{}");
  if (!done) return fail(done.error());
  say("link {} is taken back; the numbers follow within a second or two", options.link);
  return kExitOk;
}

void add_list_command(Cli& cli, CLI::App& identity) {
  CLI::App* app = identity.add_subcommand("list", "List which ids were said to be one player, and what came of it");
  const auto options = std::make_shared<IdentityOptions>();
  add_server_options(*app, options->server, security::KeyKind::project);
  app->add_option("--player", options->player, "Only what names this id");
  app->add_option("--limit", options->limit, "Links, the newest first")
      ->check(CLI::Range(1, 100'000))
      ->capture_default_str();
  add_output_option(*app, options->output, {"table", "json", "csv"});
  app->callback([&cli, options] { cli.chosen = [options] { return list(*options); }; });
}

void add_undo_command(Cli& cli, CLI::App& identity) {
  CLI::App* app = identity.add_subcommand("undo", "Take a link back: two players again, as if it had never been");
  const auto options = std::make_shared<IdentityOptions>();
  app->add_option("link", options->link, "The link's id, see identity list")->required();
  add_server_options(*app, options->server, security::KeyKind::project);
  app->callback([&cli, options] { cli.chosen = [options] { return undo(*options); }; });
}

}  // namespace

void add_identity_command(Cli& cli) {
  CLI::App* identity = cli.app.add_subcommand("identity", "Which ids are one player: list the links, take one back");
  identity->require_subcommand(1);
  add_examples(*identity,
               {"gamemetrics identity list --key gm_pk_...", "gamemetrics identity list --player anna -o json",
                "gamemetrics identity undo 0192f6c3-7c1e-7d5a-a5b0-2f1f0c9d3e11"});
  add_list_command(cli, *identity);
  add_undo_command(cli, *identity);
}

}  // namespace gm::gamemetrics
