#include "cmd/gamemetrics/rates_command.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "cmd/gamemetrics/console.h"
#include "cmd/gamemetrics/currency.h"
#include "cmd/gamemetrics/existing_metadata.h"
#include "cmd/gamemetrics/exit_codes.h"
#include "cmd/gamemetrics/instance.h"
#include "cmd/gamemetrics/project_changes.h"
#include "cmd/gamemetrics/project_lookup.h"
#include "cmd/gamemetrics/settings_options.h"
#include "cmd/gamemetrics/store_rebuild.h"
#include "cmd/gamemetrics/text_table.h"

namespace gm::gamemetrics {
namespace {

using event::Rate;

constexpr uint64_t kFileBytesMax = 16 << 20;
// No event can lie on such a day yet: zones are at most 14 hours ahead, an event at most an hour.
constexpr int kDaysAhead = 2;

struct RatesOptions {
  std::shared_ptr<SettingsOptions> settings;
  std::string file, base, output;
};

struct Opened {
  config::Settings settings;
  std::unique_ptr<store::MetadataStore> metadata;
  std::unique_ptr<store::ProjectChanges> changes;
  std::string base;
};

// The currency of all projects, unless another is named.
Result<std::string> base_of(const RatesOptions& options, store::MetadataStore& metadata) {
  if (!options.base.empty()) {
    if (const auto valid = check_currency(options.base); !valid) return valid.error();
    return options.base;
  }
  const auto projects = metadata.projects();
  if (!projects) return projects.error();
  if (projects->empty()) return Error{"gm-project-unknown", "there is no project yet; serve makes the first one"};
  const std::string& first = projects->front().currency;
  if (std::all_of(projects->begin(), projects->end(), [&](const store::Project& p) { return p.currency == first; }))
    return first;
  return Error{"gm-usage-invalid", "the projects have several currencies: say with --base which the rates lead to"};
}

Result<Opened> open(const RatesOptions& options) {
  auto settings = load_settings(*options.settings);
  if (!settings) return settings.error();
  auto metadata = open_existing_metadata(*settings);
  if (!metadata) return metadata.error();
  auto changes = open_project_changes(*settings);
  if (!changes) return changes.error();
  auto base = base_of(options, **metadata);
  if (!base) return base.error();
  return Opened{std::move(*settings), std::move(*metadata), std::move(*changes), std::move(*base)};
}

// What is kept with the rates of `file` in it; `news`: those of them that were not there or other.
Result<std::vector<Rate>> merged(const Opened& opened, const std::vector<Rate>& file, std::vector<Rate>& news) {
  const auto kept = opened.changes->rates(opened.base);
  if (!kept) return kept.error();
  std::map<std::pair<std::string, Date>, int64_t> all;
  for (const Rate& rate : *kept) all[{rate.currency, rate.from}] = rate.billionths;
  for (const Rate& rate : file) {
    int64_t& place = all[{rate.currency, rate.from}];
    if (place != rate.billionths) news.push_back(rate);
    place = rate.billionths;
  }
  std::vector<Rate> rates;
  for (const auto& [key, billionths] : all) rates.push_back({key.first, key.second, billionths});
  return rates;
}

// As `project set` does: a new store first, then one step that keeps the rates and says that the store waits. What is
// kept is read again under the lock: another import may have ended meanwhile.
int count_anew(const Opened& opened, const std::vector<Rate>& file) {
  io::PosixFileSystem files;
  const auto lock = lock_data_dir(opened.settings, files);
  if (!lock) return fail(lock.error());
  const SystemClock clock;
  const auto logger = make_logger(opened.settings, clock);
  if (!logger) return fail(logger.error());
  StoreRebuild store(opened.settings, files, *logger);
  if (const auto earlier = store.take_waiting(*opened.changes); !earlier) return fail(earlier.error());
  std::vector<Rate> news;
  const auto all = merged(opened, file, news);
  if (!all) return fail(all.error());
  RateLookup rates(*opened.changes);
  rates.replace(opened.base, *all);
  ProjectLookup projects(*opened.metadata, rates);
  const auto rebuilt = store.run(projects);
  if (!rebuilt) return fail(rebuilt.error());
  if (!rebuilt->gaps.empty()) {
    say_gaps(*rebuilt);
    if (const auto removed = store.remove_new(); !removed) return fail(removed.error());
    return fail(
        Error{"gm-store-behind-log",
              "events of before are missing in archive and log, so they cannot be counted anew; no rate was kept"});
  }
  if (const auto kept = opened.changes->keep_rates(opened.base, news, true); !kept) return fail(kept.error());
  if (const auto taken = store.take_waiting(*opened.changes); !taken) return fail(taken.error());
  print(fmt::format("{} rates to {} kept, {} events counted anew\n", grouped(news.size()), opened.base,
                    grouped(rebuilt->stored)));
  return kExitOk;
}

int import(const RatesOptions& options) {
  const auto opened = open(options);
  if (!opened) return fail(opened.error());
  io::PosixFileSystem files;
  const auto text = io::read_file(files, options.file, kFileBytesMax);
  if (!text) return fail(text.error());
  const auto file = event::parse_rates(*text, opened->base);
  if (!file) return fail(file.error());
  std::vector<Rate> news;
  if (const auto all = merged(*opened, *file, news); !all) return fail(all.error());
  const SystemClock clock;
  const Date free_from = TimeZone::utc().local_date(clock.now_ms()) + kDaysAhead;
  if (std::any_of(news.begin(), news.end(), [&](const Rate& rate) { return rate.from < free_from; }))
    return count_anew(*opened, *file);
  if (const auto done = opened->changes->keep_rates(opened->base, news, false); !done) return fail(done.error());
  print(fmt::format("{} rates to {} kept\n", grouped(news.size()), opened->base));
  return kExitOk;
}

int list(const RatesOptions& options) {
  const auto opened = open(options);
  if (!opened) return fail(opened.error());
  const auto rates = opened->changes->rates(opened->base);
  if (!rates) return fail(rates.error());
  TextTable table{{"date", "currency", "rate"}, {}};
  auto json = nlohmann::ordered_json::array();
  for (const Rate& rate : *rates) {
    table.rows.push_back({rate.from.to_string(), rate.currency, event::rate_text(rate.billionths)});
    json.push_back({{"base", opened->base},
                    {"date", rate.from.to_string()},
                    {"currency", rate.currency},
                    {"rate", event::rate_text(rate.billionths)}});
  }
  print(options.output == "json"  ? json.dump(2) + "\n"
        : options.output == "csv" ? render_csv(table)
                                  : render_aligned(table));
  return kExitOk;
}

std::shared_ptr<RatesOptions> options_of(CLI::App& app) {
  const auto options = std::make_shared<RatesOptions>();
  options->settings = add_settings_options(app);
  app.add_option("--base", options->base, "The currency that the rates lead to (default: that of the projects)");
  return options;
}

}  // namespace

void add_rates_command(Cli& cli) {
  CLI::App* rates = cli.app.add_subcommand("rates", "What money in other currencies is worth, by day");
  rates->require_subcommand(1);
  add_examples(*rates, {"gamemetrics rates import rates.csv --data_dir=/srv/gm",
                        "gamemetrics rates list --base EUR -o csv --data_dir=/srv/gm"});
  CLI::App* importing = rates->add_subcommand(
      "import",
      "Keep the rates of a file with lines of date,currency,rate. A rate of a day that events may lie on counts "
      "everything anew, and the server is stopped for that");
  const auto import_options = options_of(*importing);
  importing->add_option("file", import_options->file, "CSV; its first line is date,currency,rate")->required();
  importing->callback([&cli, import_options] { cli.chosen = [import_options] { return import(*import_options); }; });
  CLI::App* listing = rates->add_subcommand("list", "List the rates; also while the server runs");
  const auto list_options = options_of(*listing);
  add_output_option(*listing, list_options->output, {"table", "json", "csv"});
  listing->callback([&cli, list_options] { cli.chosen = [list_options] { return list(*list_options); }; });
}

}  // namespace gm::gamemetrics
