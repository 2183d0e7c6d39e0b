#include "cmd/gamemetrics/notifications.h"

#include <algorithm>

#include "lib/identity/project_access.h"
#include "services/analytics_api/access.h"

namespace gm::gamemetrics {

Result<std::unique_ptr<Notifications>> Notifications::make(Dependencies dependencies) {
  const auto settings = notifications::NotificationSettings::from(dependencies.settings);
  if (!settings) return settings.error();
  return std::unique_ptr<Notifications>(new Notifications(std::move(dependencies), *settings));
}

Notifications::Notifications(Dependencies dependencies, const notifications::NotificationSettings& settings)
    : d_(std::move(dependencies)),
      settings_(settings),
      reader_({d_.analytics, d_.metadata, d_.behavior, d_.declarations,
               [this](const store::Project& project, int64_t now_ms) { return counted_until(project, now_ms); },
               query::QuerySettings::from(d_.settings)},
              settings.settle_ms),
      transport_(settings, d_.mail),
      worker_({d_.store, reader_, d_.clock, d_.random, d_.metrics, d_.logger.component("notifications")},
              {d_.store, transport_, d_.clock, d_.random, d_.metrics, d_.logger.component("notifications")}, settings) {
}

int64_t Notifications::counted_until(const store::Project& project, int64_t now_ms) const {
  return analytics_api::as_of_ms(d_.pipeline(), {project, TimeZone::utc()}, now_ms);
}

Status Notifications::note(const http::Request& request, const security::Principal& principal,
                           const notifications::Change& change) {
  const auto projects = d_.identity.owned_projects();
  if (!projects) return projects.error();
  const auto project = std::ranges::find(*projects, principal.project, [](const auto& one) { return one.project.id; });
  if (project == projects->end()) return Error{"gm-metadata-unavailable", "the project is not known yet; try again"};
  return d_.identity.note({0, project->organisation, d_.clock.now_ms(), identity::asker_name(principal.key),
                           d_.client_address(request), std::string(change.action), change.object, change.before,
                           change.after});
}

void Notifications::register_routes(http::Router& router, Authorise authorise) {
  const auto routes =
      std::make_shared<const notifications::AlertRoutesDependencies>(notifications::AlertRoutesDependencies{
          d_.store, reader_, d_.clock, d_.random, std::move(authorise),
          [this](const http::Request& request, const security::Principal& principal,
                 const notifications::Change& change) { return note(request, principal, change); },
          [this] { worker_.wake(); }, settings_});
  notifications::register_alert_routes(router, routes);
  notifications::register_channel_routes(router, routes);
}

}  // namespace gm::gamemetrics
