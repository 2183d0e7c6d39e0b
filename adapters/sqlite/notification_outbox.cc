#include "adapters/sqlite/notification_database.h"

namespace gm::sqlite {
namespace {

constexpr const char* kDeliveries =
    "SELECT id, project, channel, alert, type, body, created_ms, state, attempts, next_ms, finished_ms, reason "
    "FROM deliveries ";
constexpr auto kWaiting = static_cast<int64_t>(store::DeliveryState::waiting);

store::Delivery read_delivery(const Statement& row) {
  store::Delivery delivery;
  delivery.id = row.text(0);
  delivery.project = ProjectId::from_stored(static_cast<uint32_t>(row.integer(1)));
  delivery.channel = row.text(2);
  delivery.alert = row.text(3);
  delivery.type = row.text(4);
  delivery.body = row.text(5);
  delivery.created_ms = row.integer(6);
  delivery.state = static_cast<store::DeliveryState>(row.integer(7));
  delivery.attempts = row.integer(8);
  delivery.next_ms = row.integer(9);
  delivery.finished_ms = row.integer(10);
  delivery.reason = row.text(11);
  return delivery;
}

// Ids are of letters, digits and hyphens.
std::string json_list(const std::vector<std::string>& ids) {
  std::string list = "[";
  for (const std::string& id : ids) list += (list.size() == 1 ? "\"" : ",\"") + id + "\"";
  return list + "]";
}

}  // namespace

// A channel that is gone or switched off by now gets nothing more.
Status SqliteNotifications::insert_delivery(const store::Delivery& delivery) {
  Statement insert(db_,
                   "INSERT INTO deliveries SELECT ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ? "
                   "WHERE EXISTS (SELECT 1 FROM channels WHERE id = ? AND project = ? AND enabled = 1)");
  insert.bind(delivery.id).bind(int64_t{delivery.project.value()}).bind(delivery.channel).bind(delivery.alert);
  insert.bind(delivery.type).bind(delivery.body).bind(delivery.created_ms).bind(static_cast<int64_t>(delivery.state));
  insert.bind(delivery.attempts).bind(delivery.next_ms).bind(delivery.finished_ms).bind(delivery.reason);
  return run(insert.bind(delivery.channel).bind(int64_t{delivery.project.value()}));
}

Status SqliteNotifications::add_delivery(const store::Delivery& delivery) {
  const std::lock_guard lock(mutex_);
  return insert_delivery(delivery);
}

Result<std::optional<store::Delivery>> SqliteNotifications::next_due(int64_t now_ms,
                                                                     const std::vector<std::string>& busy) {
  const std::lock_guard lock(mutex_);
  const std::string sql = std::string(kDeliveries) +
                          "WHERE state = 0 AND next_ms <= ? AND channel NOT IN (SELECT value FROM json_each(?)) "
                          "ORDER BY next_ms, id LIMIT 1";
  Statement select(db_, sql.c_str());
  return one_row<store::Delivery>(select.bind(now_ms).bind(json_list(busy)), read_delivery);
}

Status SqliteNotifications::begin_attempt(std::string_view delivery, const store::DeliveryAttempt& attempt,
                                          int64_t next_ms) {
  const std::lock_guard lock(mutex_);
  return in_one_step([&]() -> Status {
    Statement insert(db_, "INSERT OR REPLACE INTO attempts VALUES (?, ?, ?, -1, 0, '', '')");
    if (auto done = run(insert.bind(delivery).bind(attempt.number).bind(attempt.started_ms)); !done) return done;
    Statement update(db_, "UPDATE deliveries SET attempts = ?, next_ms = ? WHERE id = ?");
    return run(update.bind(attempt.number).bind(next_ms).bind(delivery));
  });
}

// What has ended meanwhile, because its channel was switched off, stays ended, unless it has arrived after all.
Status SqliteNotifications::end_attempt(const store::Delivery& after, const store::DeliveryAttempt& attempt) {
  const std::lock_guard lock(mutex_);
  return in_one_step([&]() -> Status {
    Statement log(db_,
                  "UPDATE attempts SET took_ms = ?, status = ?, trouble = ?, answer = ? "
                  "WHERE delivery = ? AND number = ?");
    log.bind(attempt.took_ms).bind(attempt.status).bind(attempt.trouble).bind(attempt.answer);
    if (auto logged = run(log.bind(after.id).bind(attempt.number)); !logged) return logged;
    const bool arrived = after.state == store::DeliveryState::delivered;
    Statement update(db_,
                     "UPDATE deliveries SET state = ?, next_ms = ?, finished_ms = ?, reason = ? "
                     "WHERE id = ? AND (state = ? OR ?)");
    update.bind(static_cast<int64_t>(after.state)).bind(after.next_ms).bind(after.finished_ms).bind(after.reason);
    return run(update.bind(after.id).bind(kWaiting).bind(int64_t{arrived}));
  });
}

Result<std::vector<store::Delivery>> SqliteNotifications::deliveries(ProjectId project, std::string_view channel,
                                                                     int64_t most) {
  const std::lock_guard lock(mutex_);
  const std::string sql = std::string(kDeliveries) +
                          "WHERE project = ? AND (? = '' OR channel = ?) ORDER BY created_ms DESC, id DESC LIMIT ?";
  Statement select(db_, sql.c_str());
  select.bind(int64_t{project.value()}).bind(channel).bind(channel).bind(most);
  return all_rows<store::Delivery>(select, read_delivery);
}

Result<std::optional<store::Delivery>> SqliteNotifications::delivery(ProjectId project, std::string_view id) {
  const std::lock_guard lock(mutex_);
  const std::string sql = std::string(kDeliveries) + "WHERE project = ? AND id = ?";
  Statement select(db_, sql.c_str());
  return one_row<store::Delivery>(select.bind(int64_t{project.value()}).bind(id), read_delivery);
}

Result<std::vector<store::DeliveryAttempt>> SqliteNotifications::attempts(std::string_view delivery) {
  const std::lock_guard lock(mutex_);
  Statement select(db_,
                   "SELECT number, started_ms, took_ms, status, trouble, answer FROM attempts "
                   "WHERE delivery = ? ORDER BY number");
  return all_rows<store::DeliveryAttempt>(select.bind(delivery), [](const Statement& row) {
    return store::DeliveryAttempt{row.integer(0), row.integer(1), row.integer(2),
                                  row.integer(3), row.text(4),    row.text(5)};
  });
}

Result<store::OutboxCounts> SqliteNotifications::outbox() {
  const std::lock_guard lock(mutex_);
  Statement select(db_, "SELECT count(*), coalesce(min(created_ms), 0) FROM deliveries WHERE state = 0");
  if (auto row = select.step(); !row) return row.error();
  return store::OutboxCounts{select.integer(0), select.integer(1)};
}

Result<int64_t> SqliteNotifications::forget(int64_t before_ms) {
  const std::lock_guard lock(mutex_);
  int64_t gone = 0;
  const Status done = in_one_step([&]() -> Status {
    for (const char* sql : {"DELETE FROM attempts WHERE delivery IN (SELECT id FROM deliveries WHERE state <> 0 AND "
                            "finished_ms < ?)",
                            "DELETE FROM deliveries WHERE state <> 0 AND finished_ms < ?",
                            "DELETE FROM alerts WHERE ended_ms <> 0 AND ended_ms < ?"}) {
      Statement remove(db_, sql);
      if (auto removed = run(remove.bind(before_ms)); !removed) return removed;
      gone += sqlite3_changes(db_);
    }
    return {};
  });
  if (!done) return done.error();
  return gone;
}

}  // namespace gm::sqlite
