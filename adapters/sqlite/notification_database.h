#pragma once
// The notification store's file; its methods are in notification_rules.cc and notification_outbox.cc. Private to
// adapters/sqlite.

#include "adapters/sqlite/database.h"
#include "adapters/sqlite/rows.h"
#include "lib/store/notification_store.h"

namespace gm::sqlite {

extern const Schema kNotificationSchema;

class SqliteNotifications final : private Database, public store::NotificationStore {
 public:
  explicit SqliteNotifications(sqlite3* db) : Database(db, kNotificationSchema) {}
  using Database::prepare;

  Status add_channel(const store::Channel& channel) override;
  Result<bool> change_channel(const store::Channel& channel, int64_t now_ms) override;
  Result<bool> remove_channel(ProjectId project, std::string_view id, int64_t now_ms) override;
  Result<std::vector<store::Channel>> channels(ProjectId project) override;
  Result<std::optional<store::Channel>> channel(ProjectId project, std::string_view id) override;

  Status add_rule(const store::AlertRule& rule) override;
  Result<bool> change_rule(const store::AlertRule& rule) override;
  Result<bool> remove_rule(ProjectId project, const store::RuleStep& last) override;
  Result<std::vector<store::WatchedRule>> rules(ProjectId project) override;
  Result<std::optional<store::WatchedRule>> rule(ProjectId project, std::string_view id) override;
  Result<std::vector<store::WatchedRule>> all_rules() override;
  Status note_step(const store::RuleStep& step) override;
  Result<std::vector<store::Alert>> alerts(ProjectId project, bool open_only, int64_t most) override;
  Result<std::optional<store::Alert>> alert(ProjectId project, std::string_view id) override;

  Status add_delivery(const store::Delivery& delivery) override;
  Result<std::optional<store::Delivery>> next_due(int64_t now_ms, const std::vector<std::string>& busy) override;
  Status begin_attempt(std::string_view delivery, const store::DeliveryAttempt& attempt, int64_t next_ms) override;
  Status end_attempt(const store::Delivery& after, const store::DeliveryAttempt& attempt) override;
  Result<std::vector<store::Delivery>> deliveries(ProjectId project, std::string_view channel, int64_t most) override;
  Result<std::optional<store::Delivery>> delivery(ProjectId project, std::string_view id) override;
  Result<std::vector<store::DeliveryAttempt>> attempts(std::string_view delivery) override;
  Result<store::OutboxCounts> outbox() override;
  Result<int64_t> forget(int64_t before_ms) override;

 private:
  // Preconditions of all: mutex_ is held.
  Status give_up_waiting(std::string_view channel, std::string_view reason, int64_t now_ms);
  Status insert_delivery(const store::Delivery& delivery);
  Status write_step(const store::RuleStep& step);
};

}  // namespace gm::sqlite
