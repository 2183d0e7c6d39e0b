#include "adapters/sqlite/notification_database.h"
#include "adapters/sqlite/notifications.h"
#include "adapters/sqlite/word_list.h"

namespace gm::sqlite {
namespace {

constexpr const char* kSchema = R"sql(
CREATE TABLE channels(
  id TEXT PRIMARY KEY, project INTEGER NOT NULL, kind INTEGER NOT NULL, name TEXT NOT NULL, target TEXT NOT NULL,
  secret TEXT NOT NULL, enabled INTEGER NOT NULL, trouble TEXT NOT NULL, created_ms INTEGER NOT NULL) STRICT;
CREATE TABLE rules(
  id TEXT PRIMARY KEY, project INTEGER NOT NULL, name TEXT NOT NULL, definition TEXT NOT NULL, channels TEXT NOT NULL,
  enabled INTEGER NOT NULL, created_ms INTEGER NOT NULL,
  phase INTEGER NOT NULL DEFAULT 0, since_ms INTEGER NOT NULL DEFAULT 0, judged_ms INTEGER NOT NULL DEFAULT 0,
  period TEXT NOT NULL DEFAULT '', value REAL, remark TEXT NOT NULL DEFAULT '', alert TEXT NOT NULL DEFAULT '') STRICT;
CREATE TABLE alerts(
  id TEXT PRIMARY KEY, project INTEGER NOT NULL, rule TEXT NOT NULL, rule_name TEXT NOT NULL, summary TEXT NOT NULL,
  value REAL, started_ms INTEGER NOT NULL, ended_ms INTEGER NOT NULL) STRICT;
CREATE INDEX alerts_of_project ON alerts(project, started_ms);
CREATE TABLE deliveries(
  id TEXT PRIMARY KEY, project INTEGER NOT NULL, channel TEXT NOT NULL, alert TEXT NOT NULL, type TEXT NOT NULL,
  body TEXT NOT NULL, created_ms INTEGER NOT NULL, state INTEGER NOT NULL, attempts INTEGER NOT NULL,
  next_ms INTEGER NOT NULL, finished_ms INTEGER NOT NULL, reason TEXT NOT NULL) STRICT;
CREATE INDEX deliveries_of_project ON deliveries(project, created_ms);
CREATE INDEX deliveries_waiting ON deliveries(next_ms) WHERE state = 0;
CREATE TABLE attempts(
  delivery TEXT NOT NULL, number INTEGER NOT NULL, started_ms INTEGER NOT NULL, took_ms INTEGER NOT NULL,
  status INTEGER NOT NULL, trouble TEXT NOT NULL, answer TEXT NOT NULL,
  PRIMARY KEY(delivery, number)) STRICT, WITHOUT ROWID;
PRAGMA user_version = 1;
)sql";
constexpr const char* kMigrations[] = {kSchema};

constexpr const char* kChannels =
    "SELECT id, project, kind, name, target, secret, enabled, trouble, created_ms FROM channels ";
constexpr const char* kRules =
    "SELECT id, project, name, definition, channels, enabled, created_ms, phase, since_ms, judged_ms, period, value, "
    "remark, alert FROM rules ";
constexpr const char* kAlerts =
    "SELECT id, project, rule, rule_name, summary, value, started_ms, ended_ms FROM alerts ";

ProjectId project_at(const Statement& row, int column) {
  return ProjectId::from_stored(static_cast<uint32_t>(row.integer(column)));
}

store::Channel read_channel(const Statement& row) {
  store::Channel channel;
  channel.id = row.text(0);
  channel.project = project_at(row, 1);
  channel.kind = static_cast<store::ChannelKind>(row.integer(2));
  channel.name = row.text(3);
  channel.target = row.text(4);
  channel.secret = row.text(5);
  channel.enabled = row.integer(6) != 0;
  channel.trouble = row.text(7);
  channel.created_ms = row.integer(8);
  return channel;
}

store::WatchedRule read_rule(const Statement& row) {
  store::WatchedRule watched;
  watched.rule = {row.text(0),        project_at(row, 1),  row.text(2),   row.text(3),
                  split(row.text(4)), row.integer(5) != 0, row.integer(6)};
  watched.state.phase = static_cast<store::AlertPhase>(row.integer(7));
  watched.state.since_ms = row.integer(8);
  watched.state.judged_ms = row.integer(9);
  watched.state.period = row.text(10);
  watched.state.value = row.optional_real(11);
  watched.state.remark = row.text(12);
  watched.state.alert = row.text(13);
  return watched;
}

store::Alert read_alert(const Statement& row) {
  return {row.text(0), project_at(row, 1),   row.text(2),    row.text(3),
          row.text(4), row.optional_real(5), row.integer(6), row.integer(7)};
}

}  // namespace

constinit const Schema kNotificationSchema = {kMigrations, "notifications", ""};

Status SqliteNotifications::give_up_waiting(std::string_view channel, std::string_view reason, int64_t now_ms) {
  Statement update(db_, "UPDATE deliveries SET state = ?, finished_ms = ?, reason = ? WHERE channel = ? AND state = ?");
  update.bind(static_cast<int64_t>(store::DeliveryState::dead)).bind(now_ms).bind(reason).bind(channel);
  return run(update.bind(static_cast<int64_t>(store::DeliveryState::waiting)));
}

Status SqliteNotifications::add_channel(const store::Channel& channel) {
  const std::lock_guard lock(mutex_);
  Statement insert(db_, "INSERT INTO channels VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)");
  insert.bind(channel.id).bind(int64_t{channel.project.value()}).bind(static_cast<int64_t>(channel.kind));
  insert.bind(channel.name).bind(channel.target).bind(channel.secret).bind(int64_t{channel.enabled});
  return run(insert.bind(channel.trouble).bind(channel.created_ms));
}

Result<bool> SqliteNotifications::change_channel(const store::Channel& channel, int64_t now_ms) {
  const std::lock_guard lock(mutex_);
  bool found = false;
  const Status done = in_one_step([&]() -> Status {
    Statement update(db_,
                     "UPDATE channels SET name = ?, target = ?, secret = ?, enabled = ?, trouble = ? "
                     "WHERE project = ? AND id = ?");
    update.bind(channel.name).bind(channel.target).bind(channel.secret).bind(int64_t{channel.enabled});
    update.bind(channel.trouble).bind(int64_t{channel.project.value()});
    if (auto updated = run(update.bind(channel.id)); !updated) return updated;
    found = sqlite3_changes(db_) > 0;
    if (!found || channel.enabled) return {};
    return give_up_waiting(channel.id, channel.trouble.empty() ? "the channel was switched off" : channel.trouble,
                           now_ms);
  });
  if (!done) return done.error();
  return found;
}

Result<bool> SqliteNotifications::remove_channel(ProjectId project, std::string_view id, int64_t now_ms) {
  const std::lock_guard lock(mutex_);
  bool found = false;
  const Status done = in_one_step([&]() -> Status {
    Statement remove(db_, "DELETE FROM channels WHERE project = ? AND id = ?");
    if (auto removed = run(remove.bind(int64_t{project.value()}).bind(id)); !removed) return removed;
    found = sqlite3_changes(db_) > 0;
    return found ? give_up_waiting(id, "the channel was removed", now_ms) : Status();
  });
  if (!done) return done.error();
  return found;
}

Result<std::vector<store::Channel>> SqliteNotifications::channels(ProjectId project) {
  const std::lock_guard lock(mutex_);
  const std::string sql = std::string(kChannels) + "WHERE project = ? ORDER BY created_ms, id";
  Statement select(db_, sql.c_str());
  return all_rows<store::Channel>(select.bind(int64_t{project.value()}), read_channel);
}

Result<std::optional<store::Channel>> SqliteNotifications::channel(ProjectId project, std::string_view id) {
  const std::lock_guard lock(mutex_);
  const std::string sql = std::string(kChannels) + "WHERE project = ? AND id = ?";
  Statement select(db_, sql.c_str());
  return one_row<store::Channel>(select.bind(int64_t{project.value()}).bind(id), read_channel);
}

Status SqliteNotifications::add_rule(const store::AlertRule& rule) {
  const std::lock_guard lock(mutex_);
  Statement insert(db_,
                   "INSERT INTO rules(id, project, name, definition, channels, enabled, created_ms) "
                   "VALUES (?, ?, ?, ?, ?, ?, ?)");
  insert.bind(rule.id).bind(int64_t{rule.project.value()}).bind(rule.name).bind(rule.definition);
  return run(insert.bind(joined(rule.channels)).bind(int64_t{rule.enabled}).bind(rule.created_ms));
}

Result<bool> SqliteNotifications::change_rule(const store::AlertRule& rule) {
  const std::lock_guard lock(mutex_);
  Statement update(db_,
                   "UPDATE rules SET name = ?, definition = ?, channels = ?, enabled = ? WHERE project = ? AND id = ?");
  update.bind(rule.name).bind(rule.definition).bind(joined(rule.channels)).bind(int64_t{rule.enabled});
  if (auto updated = run(update.bind(int64_t{rule.project.value()}).bind(rule.id)); !updated) return updated.error();
  return sqlite3_changes(db_) > 0;
}

Result<bool> SqliteNotifications::remove_rule(ProjectId project, const store::RuleStep& last) {
  const std::lock_guard lock(mutex_);
  bool found = false;
  const Status done = in_one_step([&]() -> Status {
    Statement exists(db_, "SELECT 1 FROM rules WHERE project = ? AND id = ? AND alert = ?");
    const auto row = exists.bind(int64_t{project.value()}).bind(last.rule).bind(last.ended).step();
    if (!row) return row.error();
    found = *row;
    if (!found) return {};
    if (auto written = write_step(last); !written) return written;
    Statement remove(db_, "DELETE FROM rules WHERE id = ?");
    return run(remove.bind(last.rule));
  });
  if (!done) return done.error();
  return found;
}

Result<std::vector<store::WatchedRule>> SqliteNotifications::rules(ProjectId project) {
  const std::lock_guard lock(mutex_);
  const std::string sql = std::string(kRules) + "WHERE project = ? ORDER BY created_ms, id";
  Statement select(db_, sql.c_str());
  return all_rows<store::WatchedRule>(select.bind(int64_t{project.value()}), read_rule);
}

Result<std::optional<store::WatchedRule>> SqliteNotifications::rule(ProjectId project, std::string_view id) {
  const std::lock_guard lock(mutex_);
  const std::string sql = std::string(kRules) + "WHERE project = ? AND id = ?";
  Statement select(db_, sql.c_str());
  return one_row<store::WatchedRule>(select.bind(int64_t{project.value()}).bind(id), read_rule);
}

Result<std::vector<store::WatchedRule>> SqliteNotifications::all_rules() {
  const std::lock_guard lock(mutex_);
  const std::string sql = std::string(kRules) + "ORDER BY project, created_ms, id";
  Statement select(db_, sql.c_str());
  return all_rows<store::WatchedRule>(select, read_rule);
}

Status SqliteNotifications::note_step(const store::RuleStep& step) {
  const std::lock_guard lock(mutex_);
  return in_one_step([&] { return write_step(step); });
}

Status SqliteNotifications::write_step(const store::RuleStep& step) {
  const store::RuleState& state = step.state;
  Statement update(db_,
                   "UPDATE rules SET phase = ?, since_ms = ?, judged_ms = ?, period = ?, value = ?, remark = ?, "
                   "alert = ? WHERE id = ?");
  update.bind(static_cast<int64_t>(state.phase)).bind(state.since_ms).bind(state.judged_ms).bind(state.period);
  update.bind_real(state.value).bind(state.remark).bind(state.alert);
  if (auto updated = run(update.bind(step.rule)); !updated) return updated;
  if (sqlite3_changes(db_) == 0) return {};
  if (step.begun) {
    const store::Alert& alert = *step.begun;
    Statement insert(db_, "INSERT INTO alerts VALUES (?, ?, ?, ?, ?, ?, ?, 0)");
    insert.bind(alert.id).bind(int64_t{alert.project.value()}).bind(alert.rule).bind(alert.rule_name);
    insert.bind(alert.summary).bind_real(alert.value);
    if (auto inserted = run(insert.bind(alert.started_ms)); !inserted) return inserted;
  }
  if (!step.ended.empty()) {
    Statement end(db_, "UPDATE alerts SET ended_ms = ? WHERE id = ? AND ended_ms = 0");
    if (auto ended = run(end.bind(step.now_ms).bind(step.ended)); !ended) return ended;
  }
  for (const store::Delivery& delivery : step.deliveries) {
    if (auto inserted = insert_delivery(delivery); !inserted) return inserted;
  }
  return {};
}

Result<std::vector<store::Alert>> SqliteNotifications::alerts(ProjectId project, bool open_only, int64_t most) {
  const std::lock_guard lock(mutex_);
  const std::string sql = std::string(kAlerts) + "WHERE project = ? " + (open_only ? "AND ended_ms = 0 " : "") +
                          "ORDER BY started_ms DESC, id DESC LIMIT ?";
  Statement select(db_, sql.c_str());
  return all_rows<store::Alert>(select.bind(int64_t{project.value()}).bind(most), read_alert);
}

Result<std::optional<store::Alert>> SqliteNotifications::alert(ProjectId project, std::string_view id) {
  const std::lock_guard lock(mutex_);
  const std::string sql = std::string(kAlerts) + "WHERE project = ? AND id = ?";
  Statement select(db_, sql.c_str());
  return one_row<store::Alert>(select.bind(int64_t{project.value()}).bind(id), read_alert);
}

Result<std::unique_ptr<store::NotificationStore>> open_notifications(const std::string& path) {
  auto opened = open_database<SqliteNotifications>(path);
  if (!opened) return opened.error();
  return std::unique_ptr<store::NotificationStore>(std::move(*opened));
}

}  // namespace gm::sqlite
