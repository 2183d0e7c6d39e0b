#include <algorithm>
#include <nlohmann/json.hpp>

#include "cmd/gamemetrics/cli.h"
#include "cmd/gamemetrics/console.h"
#include "cmd/gamemetrics/existing_metadata.h"
#include "cmd/gamemetrics/exit_codes.h"
#include "cmd/gamemetrics/people.h"
#include "cmd/gamemetrics/settings_options.h"
#include "cmd/gamemetrics/text_table.h"
#include "lib/base/time.h"
#include "lib/config/quantity.h"
#include "lib/security/origins.h"

namespace gm::gamemetrics {
namespace {

using Metadata = std::unique_ptr<store::MetadataStore>;

Result<Metadata> open_existing(const SettingsOptions& options) {
  const auto settings = load_settings(options);
  if (!settings) return settings.error();
  return open_existing_metadata(*settings);
}

using security::kind_name;

security::KeyKind kind_of(std::string_view name) {
  for (const auto kind : {security::KeyKind::project, security::KeyKind::gameanalytics, security::KeyKind::server}) {
    if (name == kind_name(kind)) return kind;
  }
  return security::KeyKind::write;
}

// As they are kept. Error gm-origin-invalid.
Result<std::vector<std::string>> parse_origins(const std::vector<std::string>& texts) {
  std::vector<std::string> origins;
  for (const std::string& text : texts) {
    auto origin = security::parse_origin_rule(text);
    if (!origin) return origin.error();
    origins.push_back(std::move(*origin));
  }
  return origins;
}

bool serves_pages(security::KeyKind kind) {
  return kind == security::KeyKind::write || kind == security::KeyKind::gameanalytics;
}

Error no_pages(security::KeyKind kind) {
  return {"gm-usage-invalid",
          fmt::format("a {} key is never used by web pages, so it has no list of origins", kind_name(kind))};
}

int list(const SettingsOptions& options, const std::string& output) {
  const auto metadata = open_existing(options);
  if (!metadata) return fail(metadata.error());
  const auto keys = (*metadata)->keys();
  if (!keys) return fail(keys.error());
  TextTable table{{"id", "project", "kind", "prefix", "created", "revoked", "origins"}, {}};
  auto json = nlohmann::ordered_json::array();
  for (const store::Key& key : *keys) {
    const std::string created = format_iso8601(key.created_ms);
    const std::string revoked = key.revoked_ms ? format_iso8601(*key.revoked_ms) : "";
    table.rows.push_back({std::to_string(key.id), std::to_string(key.project.value()), std::string(kind_name(key.kind)),
                          key.prefix, created, revoked, fmt::format("{}", fmt::join(key.origins, " "))});
    json.push_back({{"id", key.id},
                    {"project", key.project.value()},
                    {"kind", kind_name(key.kind)},
                    {"prefix", key.prefix},
                    {"created_at", created},
                    {"revoked_at", key.revoked_ms ? nlohmann::ordered_json(revoked) : nlohmann::ordered_json()},
                    {"origins", key.origins}});
  }
  print(output == "json" ? json.dump(2) + "\n" : render_aligned(table));
  return kExitOk;
}

void show(const users::ShownKey& shown) {
  const security::NewKey& made = shown.made;
  print(made.secret.empty() ? made.text + "\n"
                            : fmt::format("game key    {}\nsecret key  {}\n", made.text, made.secret));
}

struct NewKeyOptions {
  std::shared_ptr<SettingsOptions> settings;
  std::string kind;
  uint32_t project = 0;  // 0: the first one, which a first start makes
};

int create(const NewKeyOptions& options, const std::vector<std::string>& origin_texts) {
  const auto origins = parse_origins(origin_texts);
  if (!origins) return fail(origins.error());
  const security::KeyKind kind = kind_of(options.kind);
  if (!origins->empty() && !serves_pages(kind)) return fail(no_pages(kind));
  const auto people = open_people(*options.settings);
  if (!people) return fail(people.error());
  const auto projects = (*people)->metadata->projects();
  if (!projects) return fail(projects.error());
  const uint32_t number = options.project != 0 ? options.project : projects->front().id.value();
  const auto project = (*people)->project(number);
  if (!project) return fail(project.error());
  const auto made = (*people)->projects.add_key(operator_grantor(), *project, kind, *origins);
  if (!made) return fail(made.error());
  show(*made);
  say("shown only now; a running server knows it within a few seconds");
  return kExitOk;
}

int rotate(const SettingsOptions& options, int64_t id, const std::string& overlap) {
  const auto people = open_people(options);
  if (!people) return fail(people.error());
  const auto overlap_ms = config::parse_duration_ms(overlap);
  if (!overlap_ms) return fail(Error{"gm-usage-invalid", "--overlap is a duration such as 24h"});
  const auto project = (*people)->project_of_key(id);
  if (!project) return fail(project.error());
  const auto made = (*people)->projects.rotate_key(operator_grantor(), *project, id, *overlap_ms);
  if (!made) return fail(made.error());
  show(*made);
  say("shown only now; key {} is taken for {} longer (at most users.key_overlap_max)", id, overlap);
  return kExitOk;
}

int set_origins(const SettingsOptions& options, int64_t id, const std::vector<std::string>& origin_texts) {
  const auto origins = parse_origins(origin_texts);
  if (!origins) return fail(origins.error());
  const auto people = open_people(options);
  if (!people) return fail(people.error());
  const auto project = (*people)->project_of_key(id);
  if (!project) return fail(project.error());
  const auto keys = (*people)->metadata->keys();
  if (!keys) return fail(keys.error());
  for (const store::Key& key : *keys) {
    if (key.id == id && !serves_pages(key.kind)) return fail(no_pages(key.kind));
  }
  const auto kept = (*people)->projects.set_origins(operator_grantor().actor, *project, id, *origins);
  if (!kept) return fail(kept.error());
  say("{}; a running server knows it within a few seconds",
      origins->empty() ? fmt::format("key {} may be used from any web page", id)
                       : fmt::format("key {} may be used from {}", id, fmt::join(*origins, ", ")));
  return kExitOk;
}

int revoke(const SettingsOptions& options, int64_t id) {
  const auto people = open_people(options);
  if (!people) return fail(people.error());
  const auto project = (*people)->project_of_key(id);
  if (!project) return fail(project.error());
  const auto revoked = (*people)->projects.end_key(operator_grantor().actor, *project, id);
  if (!revoked) return fail(revoked.error());
  say("key {} is revoked; a running server refuses it within a few seconds", id);
  return kExitOk;
}

// "--origin" of create and origins, once for each.
std::shared_ptr<std::vector<std::string>> add_origin_option(CLI::App& app) {
  const auto origins = std::make_shared<std::vector<std::string>>();
  app.add_option(
         "--origin", *origins,
         "A web origin whose pages may use the key, such as https://game.example or https://*.game.example; may be "
         "repeated. Without: any page")
      ->allow_extra_args(false);
  return origins;
}

void add_list_command(Cli& cli, CLI::App& key) {
  CLI::App* app = key.add_subcommand("list", "List the keys by their first characters");
  const auto options = add_settings_options(*app);
  const auto output = std::make_shared<std::string>();
  add_output_option(*app, *output, {"table", "json"});
  app->callback([&cli, options, output] { cli.chosen = [options, output] { return list(*options, *output); }; });
}

void add_create_command(Cli& cli, CLI::App& key) {
  CLI::App* app = key.add_subcommand("create", "Make a key and print it, once");
  const auto options = std::make_shared<NewKeyOptions>();
  options->settings = add_settings_options(*app);
  app->add_option(
         "kind", options->kind,
         "write (sends events), project (reads numbers), gameanalytics (a pair for GameAnalytics SDKs) or server "
         "(sends events that are believed, such as purchases; for the studio's own servers only)")
      ->required()
      ->check(CLI::IsMember({"write", "project", "gameanalytics", "server"}));
  const auto origins = add_origin_option(*app);
  app->add_option("--project", options->project, "The project's number (default: the first)");
  app->callback([&cli, options, origins] { cli.chosen = [options, origins] { return create(*options, *origins); }; });
}

void add_origins_command(Cli& cli, CLI::App& key) {
  CLI::App* app = key.add_subcommand("origins", "Say from which web pages a key may be used");
  const auto options = add_settings_options(*app);
  const auto id = std::make_shared<int64_t>(0);
  app->add_option("id", *id, "The key's number, see key list")->required();
  const auto origins = add_origin_option(*app);
  app->callback([&cli, options, id, origins] {
    cli.chosen = [options, id, origins] { return set_origins(*options, *id, *origins); };
  });
}

void add_rotate_command(Cli& cli, CLI::App& key) {
  CLI::App* app = key.add_subcommand("rotate", "Make a key in another's place and print it, once");
  const auto options = add_settings_options(*app);
  const auto id = std::make_shared<int64_t>(0);
  const auto overlap = std::make_shared<std::string>("24h");
  app->add_option("id", *id, "The key's number, see key list")->required();
  app->add_option("--overlap", *overlap, "How long the old one is still taken")->capture_default_str();
  app->callback([&cli, options, id, overlap] {
    cli.chosen = [options, id, overlap] { return rotate(*options, *id, *overlap); };
  });
}

void add_revoke_command(Cli& cli, CLI::App& key) {
  CLI::App* app = key.add_subcommand("revoke", "Refuse a key from now on");
  const auto options = add_settings_options(*app);
  const auto id = std::make_shared<int64_t>(0);
  app->add_option("id", *id, "The key's number, see key list")->required();
  app->callback([&cli, options, id] { cli.chosen = [options, id] { return revoke(*options, *id); }; });
}

}  // namespace

void add_key_command(Cli& cli) {
  CLI::App* key = cli.app.add_subcommand("key", "List, create, rotate and revoke keys; also while the server runs");
  key->require_subcommand(1);
  add_examples(*key, {"gamemetrics key list --data_dir=/srv/gm", "gamemetrics key create write",
                      "gamemetrics key create write --origin https://game.example", "gamemetrics key create server",
                      "gamemetrics key origins 3 --origin https://game.example",
                      "gamemetrics key rotate 3 --overlap 7d", "gamemetrics key revoke 3"});
  add_list_command(cli, *key);
  add_create_command(cli, *key);
  add_origins_command(cli, *key);
  add_rotate_command(cli, *key);
  add_revoke_command(cli, *key);
}

}  // namespace gm::gamemetrics
