#include "cmd/gamemetrics/project_command.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "cmd/gamemetrics/console.h"
#include "cmd/gamemetrics/currency.h"
#include "cmd/gamemetrics/existing_metadata.h"
#include "cmd/gamemetrics/exit_codes.h"
#include "cmd/gamemetrics/instance.h"
#include "cmd/gamemetrics/people.h"
#include "cmd/gamemetrics/project_changes.h"
#include "cmd/gamemetrics/project_lookup.h"
#include "cmd/gamemetrics/settings_options.h"
#include "cmd/gamemetrics/store_rebuild.h"
#include "cmd/gamemetrics/text_table.h"

namespace gm::gamemetrics {
namespace {

using event_processor::ProjectProfile;

struct ProjectOptions {
  std::shared_ptr<SettingsOptions> settings;
  uint32_t project = 0;  // 0: the only one
  std::string time_zone, currency;
  std::string output;
};

// All projects as they are, one as it is going to be.
class ChangedProject final : public event_processor::ProjectDirectory {
 public:
  ChangedProject(store::MetadataStore& metadata, RateLookup& rates, ProjectId changed, ProjectProfile profile)
      : others_(metadata, rates), changed_(changed), profile_(std::move(profile)) {}
  Result<std::optional<ProjectProfile>> find(ProjectId project) override {
    if (project == changed_) return std::optional<ProjectProfile>(profile_);
    return others_.find(project);
  }

 private:
  ProjectLookup others_;
  ProjectId changed_;
  ProjectProfile profile_;
};

Result<store::Project> chosen_project(store::MetadataStore& metadata, uint32_t id) {
  const auto projects = metadata.projects();
  if (!projects) return projects.error();
  if (id == 0 && projects->size() == 1) return projects->front();
  const auto found =
      std::find_if(projects->begin(), projects->end(), [&](const store::Project& p) { return p.id.value() == id; });
  if (found != projects->end()) return *found;
  return Error{"gm-project-unknown", id == 0 ? "say which project with --project; gamemetrics project list has them"
                                             : fmt::format("there is no project {}", id)};
}

int list(const ProjectOptions& options) {
  const auto settings = load_settings(*options.settings);
  if (!settings) return fail(settings.error());
  const auto metadata = open_existing_metadata(*settings);
  if (!metadata) return fail(metadata.error());
  const auto projects = (*metadata)->projects();
  if (!projects) return fail(projects.error());
  TextTable table{{"id", "name", "time_zone", "currency", "created"}, {}};
  auto json = nlohmann::ordered_json::array();
  for (const store::Project& project : *projects) {
    const std::string created = format_iso8601(project.created_ms);
    table.rows.push_back(
        {std::to_string(project.id.value()), project.name, project.time_zone, project.currency, created});
    json.push_back({{"id", project.id.value()},
                    {"name", project.name},
                    {"time_zone", project.time_zone},
                    {"currency", project.currency},
                    {"created_at", created}});
  }
  print(options.output == "json" ? json.dump(2) + "\n" : render_aligned(table));
  return kExitOk;
}

// The new store is made first. Then one step of the metadata changes the project and says that the store waits: what is
// cut off before it has changed nothing, what is cut off after it is finished by the next start.
int change(const config::Settings& settings, io::FileSystem& files, store::MetadataStore& metadata,
           const store::Project& project) {
  auto zone = TimeZone::find(project.time_zone);
  if (!zone) return fail(zone.error());
  if (const auto valid = check_currency(project.currency); !valid) return fail(valid.error());
  const SystemClock clock;
  const auto logger = make_logger(settings, clock);
  if (!logger) return fail(logger.error());
  const auto changes = open_project_changes(settings);
  if (!changes) return fail(changes.error());
  RateLookup rates(**changes);
  auto to_its_currency = rates.to(project.currency);
  if (!to_its_currency) return fail(to_its_currency.error());
  ChangedProject projects(metadata, rates, project.id,
                          {std::move(*zone), project.currency, std::move(*to_its_currency)});
  StoreRebuild store(settings, files, *logger);
  if (const auto earlier = store.take_waiting(**changes); !earlier) return fail(earlier.error());
  const auto rebuilt = store.run(projects);
  if (!rebuilt) return fail(rebuilt.error());
  if (!rebuilt->gaps.empty()) {
    say_gaps(*rebuilt);
    if (const auto removed = store.remove_new(); !removed) return fail(removed.error());
    return fail(Error{"gm-store-behind-log",
                      "events of before are missing in archive and log, so they cannot be "
                      "counted anew; nothing was changed"});
  }
  if (const auto kept = (*changes)->set_project(project.id, project.time_zone, project.currency); !kept)
    return fail(kept.error());
  if (const auto taken = store.take_waiting(**changes); !taken) return fail(taken.error());
  print(fmt::format("{} events counted anew for {} in {}, {}\n", grouped(rebuilt->stored), project.name,
                    project.time_zone, project.currency));
  return kExitOk;
}

int set(const ProjectOptions& options) {
  if (options.time_zone.empty() && options.currency.empty())
    return fail(Error{"gm-usage-invalid", "nothing to set: give --time-zone or --currency"});
  const auto settings = load_settings(*options.settings);
  if (!settings) return fail(settings.error());
  const auto metadata = open_existing_metadata(*settings);
  if (!metadata) return fail(metadata.error());
  io::PosixFileSystem files;
  const auto lock = lock_data_dir(*settings, files);
  if (!lock) return fail(lock.error());
  auto project = chosen_project(**metadata, options.project);
  if (!project) return fail(project.error());
  if (!options.time_zone.empty()) project->time_zone = options.time_zone;
  if (!options.currency.empty()) project->currency = options.currency;
  return change(*settings, files, **metadata, *project);
}

struct NewProjectOptions {
  std::shared_ptr<SettingsOptions> settings;
  users::WantedProject wanted{"", "production", "UTC", "USD"};
  int64_t organisation = identity::kDefaultOrganisation;
  uint32_t environment_of = 0;  // 0: of a game of its own
};

int create(const NewProjectOptions& options) {
  const auto people = open_people(*options.settings);
  if (!people) return fail(people.error());
  const users::Actor actor = operator_grantor().actor;
  Result<identity::OwnedProject> made = Error{};
  if (options.environment_of != 0) {
    const auto of = (*people)->project(options.environment_of);
    if (!of) return fail(of.error());
    made = (*people)->projects.add_environment(actor, *of, options.wanted.environment);
  } else {
    const auto organisation = (*people)->organisation(options.organisation);
    if (!organisation) return fail(organisation.error());
    made = (*people)->projects.create(actor, organisation->id, options.wanted);
  }
  if (!made) return fail(made.error());
  print(fmt::format("{}\n", made->project.id.value()));
  say("its keys: gamemetrics key create write --project {}", made->project.id.value());
  return kExitOk;
}

void add_create_command(Cli& cli, CLI::App& project) {
  CLI::App* app = project.add_subcommand("create", "Make a project and print its number; also while the server runs");
  const auto options = std::make_shared<NewProjectOptions>();
  options->settings = add_settings_options(*app);
  app->add_option("name", options->wanted.name, "What the game is called")->required();
  app->add_option("--environment", options->wanted.environment, "Which of the game's environments it is")
      ->capture_default_str();
  app->add_option("--time-zone", options->wanted.time_zone, "Where its days begin and end")->capture_default_str();
  app->add_option("--currency", options->wanted.currency, "What its revenue is told in")->capture_default_str();
  app->add_option("--organisation", options->organisation, "Its number, see organisation list")->capture_default_str();
  app->add_option("--environment-of", options->environment_of,
                  "Number of a project of the same game, whose name, zone and currency it takes");
  app->callback([&cli, options] { cli.chosen = [options] { return create(*options); }; });
}

void add_list_command(Cli& cli, CLI::App& project) {
  CLI::App* app = project.add_subcommand("list", "List the projects; also while the server runs");
  const auto options = std::make_shared<ProjectOptions>();
  options->settings = add_settings_options(*app);
  add_output_option(*app, options->output, {"table", "json"});
  app->callback([&cli, options] { cli.chosen = [options] { return list(*options); }; });
}

void add_set_command(Cli& cli, CLI::App& project) {
  CLI::App* app = project.add_subcommand(
      "set", "Change time zone or currency; every event is counted anew, and the server is stopped for that");
  const auto options = std::make_shared<ProjectOptions>();
  options->settings = add_settings_options(*app);
  app->add_option("--project", options->project, "The project's number (default: the only one)");
  app->add_option("--time-zone", options->time_zone, "Where its days begin and end, such as Europe/Berlin");
  app->add_option("--currency", options->currency, "What its revenue is told in, such as EUR");
  app->callback([&cli, options] { cli.chosen = [options] { return set(*options); }; });
}

}  // namespace

void add_project_command(Cli& cli) {
  CLI::App* project =
      cli.app.add_subcommand("project", "List and create projects, change a project's time zone or currency");
  project->require_subcommand(1);
  add_examples(*project, {"gamemetrics project list --data_dir=/srv/gm", "gamemetrics project create 'Space Miner'",
                          "gamemetrics project create 'Space Miner' --environment staging --environment-of 1",
                          "gamemetrics project set --time-zone Europe/Berlin --data_dir=/srv/gm"});
  add_create_command(cli, *project);
  add_list_command(cli, *project);
  add_set_command(cli, *project);
}

}  // namespace gm::gamemetrics
