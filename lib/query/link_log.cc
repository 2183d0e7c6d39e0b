#include "lib/query/link_log.h"

#include <fmt/format.h>

#include "lib/query/language/fragment.h"

namespace gm::query {
namespace {

using store::LinkKind;
using store::Value;

// One line a link, with the time of its undo where there was one that did something.
std::string lines() {
  return fmt::format(
      "SELECT CAST(l.log_offset AS BIGINT) AS position, CAST(l.link AS VARCHAR), CAST(l.kind AS BIGINT), l.member_id, "
      "l.player_id, l.received_at, l.outcome, u.received_at FROM identity_links l LEFT JOIN identity_links u ON "
      "u.project = l.project AND u.link = l.link AND u.outcome = '{}' WHERE l.kind <> {}",
      store::kLinkParted, static_cast<int>(LinkKind::undo));
}

ListedLink link_of(const std::vector<Value>& row) {
  const bool alias = store::as_int(row[2]) == static_cast<int64_t>(LinkKind::alias);
  ListedLink link{
      store::as_int(row[0]),  store::as_text(row[1]),      alias ? "alias" : "identify", store::as_text(row[3]),
      store::as_text(row[4]), store::as_moment_ms(row[5]), store::as_text(row[6]),       std::nullopt};
  if (!store::is_null(row[7])) link.undone_ms = store::as_moment_ms(row[7]);
  return link;
}

Fragment project_value(ProjectId project) { return Fragment::value(int64_t{project.value()}); }

}  // namespace

Result<LinkPage> LinkLog::page(ProjectId project, const std::optional<std::string>& player,
                               std::optional<int64_t> before, int limit) const {
  Fragment where = Fragment::of(" AND l.project = {}", {project_value(project)});
  if (player) {
    where += Fragment::of(" AND (l.member_id = {} OR l.player_id = {})",
                          {Fragment::value(*player), Fragment::value(*player)});
  }
  if (before) where += Fragment::of(" AND l.log_offset < {}", {Fragment::value(*before)});
  // One more than asked for tells whether there is a next page.
  const Fragment statement =
      Fragment::of("{}{} ORDER BY position DESC LIMIT {}", {lines(), where, Fragment::value(int64_t{limit} + 1)});
  const auto table = store_.run(statement.statement(), timeout_ms_);
  if (!table) return table.error();
  LinkPage page;
  for (const auto& row : table->rows) {
    if (page.links.size() == static_cast<size_t>(limit)) {
      page.next = page.links.back().position;
      break;
    }
    page.links.push_back(link_of(row));
  }
  return page;
}

Result<bool> LinkLog::joins(ProjectId project, const Uuid& link) const {
  const Fragment statement =
      Fragment::of("{} AND l.project = {} AND l.link = CAST({} AS UUID) AND l.outcome = {} AND u.link IS NULL",
                   {lines(), project_value(project), Fragment::value(link.to_string()),
                    Fragment::value(std::string(store::kLinkJoined))});
  const auto table = store_.run(statement.statement(), timeout_ms_);
  if (!table) return table.error();
  return !table->rows.empty();
}

}  // namespace gm::query
