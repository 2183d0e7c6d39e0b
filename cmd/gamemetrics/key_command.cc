#include <algorithm>
#include <nlohmann/json.hpp>

#include "cmd/gamemetrics/cli.h"
#include "cmd/gamemetrics/console.h"
#include "cmd/gamemetrics/exit_codes.h"
#include "cmd/gamemetrics/first_start.h"
#include "cmd/gamemetrics/settings_options.h"
#include "cmd/gamemetrics/targets.h"
#include "cmd/gamemetrics/text_table.h"

namespace gm::gamemetrics {
namespace {

using Metadata = std::unique_ptr<store::MetadataStore>;

// The key command changes what a server made; it makes no data directory of its own.
Result<Metadata> open_existing(const SettingsOptions& options) {
  const auto settings = load_settings(options);
  if (!settings) return settings.error();
  io::PosixFileSystem files;
  if (const auto there = files.open(data_path(*settings, kMetadataFile), io::OpenMode::read); !there) {
    return Error{"gm-project-unknown",
                 fmt::format("'{}' is not a data directory: {}", settings->text("data_dir"), there.error().message)};
  }
  auto metadata = open_metadata_store(*settings);
  if (!metadata) return metadata.error();
  const auto projects = (*metadata)->projects();
  if (!projects) return projects.error();
  if (projects->empty())
    return Error{"gm-project-unknown", "this data directory has no project yet: start the server once"};
  return metadata;
}

using security::kind_name;

security::KeyKind kind_of(std::string_view name) {
  for (const auto kind : {security::KeyKind::project, security::KeyKind::gameanalytics}) {
    if (name == kind_name(kind)) return kind;
  }
  return security::KeyKind::write;
}

int list(const SettingsOptions& options, const std::string& output) {
  const auto metadata = open_existing(options);
  if (!metadata) return fail(metadata.error());
  const auto keys = (*metadata)->keys();
  if (!keys) return fail(keys.error());
  TextTable table{{"id", "project", "kind", "prefix", "created", "revoked"}, {}};
  auto json = nlohmann::ordered_json::array();
  for (const store::Key& key : *keys) {
    const std::string created = format_iso8601(key.created_ms);
    const std::string revoked = key.revoked_ms ? format_iso8601(*key.revoked_ms) : "";
    table.rows.push_back({std::to_string(key.id), std::to_string(key.project.value()), std::string(kind_name(key.kind)),
                          key.prefix, created, revoked});
    json.push_back({{"id", key.id},
                    {"project", key.project.value()},
                    {"kind", kind_name(key.kind)},
                    {"prefix", key.prefix},
                    {"created_at", created},
                    {"revoked_at", key.revoked_ms ? nlohmann::ordered_json(revoked) : nlohmann::ordered_json()}});
  }
  print(output == "json" ? json.dump(2) + "\n" : render_aligned(table));
  return kExitOk;
}

int create(const SettingsOptions& options, const std::string& kind) {
  const auto metadata = open_existing(options);
  if (!metadata) return fail(metadata.error());
  const auto projects = (*metadata)->projects();
  if (!projects) return fail(projects.error());
  SystemRandom random;
  const auto key = create_key(**metadata, projects->front().id, kind_of(kind), random, SystemClock().now_ms());
  if (!key) return fail(key.error());
  print(key->secret.empty() ? key->text + "\n"
                            : fmt::format("game key    {}\nsecret key  {}\n", key->text, key->secret));
  say("shown only now; a running server knows it within a few seconds");
  return kExitOk;
}

int revoke(const SettingsOptions& options, int64_t id) {
  const auto metadata = open_existing(options);
  if (!metadata) return fail(metadata.error());
  if (const auto revoked = (*metadata)->revoke_key(id, SystemClock().now_ms()); !revoked) return fail(revoked.error());
  say("key {} is revoked; a running server refuses it within a few seconds", id);
  return kExitOk;
}

}  // namespace

void add_key_command(Cli& cli) {
  CLI::App* key = cli.app.add_subcommand("key", "List, create and revoke keys; also while the server runs");
  key->require_subcommand(1);
  add_examples(*key,
               {"gamemetrics key list --data_dir=/srv/gm", "gamemetrics key create write", "gamemetrics key revoke 3"});

  CLI::App* list_app = key->add_subcommand("list", "List the keys by their first characters");
  const auto list_options = add_settings_options(*list_app);
  const auto output = std::make_shared<std::string>();
  add_output_option(*list_app, *output, {"table", "json"});
  list_app->callback(
      [&cli, list_options, output] { cli.chosen = [list_options, output] { return list(*list_options, *output); }; });

  CLI::App* create_app = key->add_subcommand("create", "Make a key and print it, once");
  const auto create_options = add_settings_options(*create_app);
  const auto kind = std::make_shared<std::string>();
  create_app
      ->add_option("kind", *kind,
                   "write (sends events), project (reads numbers) or gameanalytics (a pair for GameAnalytics SDKs)")
      ->required()
      ->check(CLI::IsMember({"write", "project", "gameanalytics"}));
  create_app->callback(
      [&cli, create_options, kind] { cli.chosen = [create_options, kind] { return create(*create_options, *kind); }; });

  CLI::App* revoke_app = key->add_subcommand("revoke", "Refuse a key from now on");
  const auto revoke_options = add_settings_options(*revoke_app);
  const auto id = std::make_shared<int64_t>(0);
  revoke_app->add_option("id", *id, "The key's number, see key list")->required();
  revoke_app->callback(
      [&cli, revoke_options, id] { cli.chosen = [revoke_options, id] { return revoke(*revoke_options, *id); }; });
}

}  // namespace gm::gamemetrics
