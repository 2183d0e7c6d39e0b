#include "cmd/gamemetrics/privacy.h"

#include <algorithm>

#include "cmd/gamemetrics/settings_options.h"
#include "cmd/gamemetrics/store_rebuild.h"
#include "cmd/gamemetrics/targets.h"
#include "lib/identity/project_access.h"

namespace gm::gamemetrics {
namespace {

constexpr int64_t kAskEveryMs = 1000;
// Files of exports that are being made, inside data_dir.
constexpr std::string_view kExportsFolder = "privacy-exports";

}  // namespace

Privacy::Privacy(Dependencies dependencies)
    : d_(std::move(dependencies)),
      objects_(make_object_store(d_.settings, d_.files)),
      exports_(export_parts(), data_retention::PrivacySettings::from(d_.settings)),
      worker_(
          {d_.requests, d_.lists, d_.live, d_.clock, d_.metrics, d_.logger.component("privacy"), places(), exports_},
          data_retention::PrivacySettings::from(d_.settings)) {}

// In short turns, so that a stop does not wait for all of it.
bool Privacy::catch_up(int64_t timeout_ms) {
  for (int64_t left = timeout_ms; left > 0; left -= kAskEveryMs) {
    if (d_.processor.catch_up(kAskEveryMs)) return true;
    if (d_.processor.progress().failed) return false;
  }
  return false;
}

data_retention::PlayerExport::Dependencies Privacy::export_parts() {
  return {d_.requests,
          d_.lists,
          d_.store,
          d_.parquet,
          *objects_,
          d_.files,
          d_.clock,
          data_path(d_.settings, kExportsFolder),
          [this](int64_t timeout_ms) { return catch_up(timeout_ms); },
          [this](ProjectId project, const std::string& id) { return d_.processor.ids_of(project, id); }};
}

data_retention::ErasurePlaces Privacy::places() {
  data_retention::ErasurePlaces places;
  places.catch_up = [this](int64_t timeout_ms) { return catch_up(timeout_ms); };
  places.ids_of = [this](ProjectId project, const std::string& id) { return d_.processor.ids_of(project, id); };
  places.erase_rows = [this](ProjectId project, const std::vector<std::string>& ids) {
    return d_.processor.erase_player(project, ids);
  };
  places.rectify_rows = [this](const data_retention::PlayerCorrection& right) {
    return d_.processor.rectify_player(right.project, right.ids, right.correction, right.until_ms);
  };
  places.remove_exports = [this](ProjectId project, const std::vector<std::string>& ids) {
    return exports_.remove_of(project, ids);
  };
  places.rewrite_store = [this] { return rewrite_store(); };
  places.rewrite_log = [this](const log::RecordEdit& edit) -> Result<log::RewriteCounts> {
    auto* log = dynamic_cast<log::RewritableLog*>(&d_.log);
    if (log == nullptr) return Error{"gm-erasure-unsupported", "this event log cannot be rewritten"};
    return log->rewrite(edit);
  };
  places.rewrite_archive = [this](const log::RecordEdit& edit) {
    return rewrite_archived_log(d_.settings, d_.files, d_.random, edit);
  };
  places.remove_set_aside = [this](const std::vector<std::string>& texts) {
    return remove_set_aside_log(d_.settings, d_.files, texts);
  };
  places.index_caught_up = [this](int64_t timeout_ms) {
    return d_.behavior == nullptr || d_.behavior->catch_up(timeout_ms);
  };
  return places;
}

// A store that a rebuild has set aside, or could not finish, is as old as the rebuild and holds what was deleted since.
Status Privacy::rewrite_store() {
  if (Status rewritten = d_.processor.rewrite_store(); !rewritten) return rewritten;
  StoreRebuild beside(d_.settings, d_.files, d_.logger);
  if (Status removed = beside.remove_old(); !removed) return removed;
  return beside.remove_new();
}

Status Privacy::note(const http::Request& request, const security::Principal& principal, std::string_view did,
                     const std::string& id) {
  const auto projects = d_.identity.owned_projects();
  if (!projects) return projects.error();
  const auto project = std::ranges::find(*projects, principal.project, [](const auto& one) { return one.project.id; });
  if (project == projects->end()) return Error{"gm-metadata-unavailable", "the project is not known yet; try again"};
  return d_.identity.note({0, project->organisation, d_.clock.now_ms(), identity::asker_name(principal.key),
                           d_.client_address(request), "player." + std::string(did), "privacy:" + id, "", ""});
}

void Privacy::register_routes(http::Router& router, Authorise authorise) {
  data_retention::register_privacy_routes(
      router, {d_.requests, *objects_, d_.clock, d_.random, std::move(authorise),
               [this](const http::Request& request, const security::Principal& principal, std::string_view did,
                      const std::string& id) { return note(request, principal, did, id); },
               [this] { worker_.wake(); }, data_retention::PrivacySettings::from(d_.settings)});
}

}  // namespace gm::gamemetrics
