#pragma once
// Port: what is watched, what has happened, and what is on its way to whom. Embedded: a SQLite file of its own.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/ids.h"
#include "lib/base/result.h"

namespace gm::store {

// Stored; never renumber.
enum class ChannelKind : uint8_t { webhook = 0, slack = 1, email = 2 };
inline constexpr std::string_view kChannelKindNames[] = {"webhook", "slack", "email"};
constexpr std::string_view channel_kind_name(ChannelKind kind) { return kChannelKindNames[static_cast<size_t>(kind)]; }
enum class AlertPhase : uint8_t { ok = 0, pending = 1, firing = 2 };
enum class DeliveryState : uint8_t { waiting = 0, delivered = 1, dead = 2 };

struct Channel {
  std::string id;
  ProjectId project;
  ChannelKind kind = ChannelKind::webhook;
  std::string name;
  std::string target;  // a URL; of email addresses, with blanks between them
  std::string secret;  // what its messages are signed with
  bool enabled = true;
  std::string trouble;  // why it was switched off by itself; empty: it was not
  int64_t created_ms = 0;
};

struct AlertRule {
  std::string id;
  ProjectId project;
  std::string name;
  std::string definition;             // JSON: docs/reference/notifications.md
  std::vector<std::string> channels;  // ids
  bool enabled = true;
  int64_t created_ms = 0;
};

struct RuleState {
  AlertPhase phase = AlertPhase::ok;
  int64_t since_ms = 0;   // of the phase
  int64_t judged_ms = 0;  // the last look; 0: never
  std::string period;     // that was judged last
  std::optional<double> value;
  std::string remark;  // why nothing could be judged at the last look; empty: it could
  std::string alert;   // the open one; empty: none
};

struct WatchedRule {
  AlertRule rule;
  RuleState state;
};

// From firing to its end.
struct Alert {
  std::string id;
  ProjectId project;
  std::string rule;
  std::string rule_name;
  std::string summary;
  std::optional<double> value;  // when it began
  int64_t started_ms = 0;
  int64_t ended_ms = 0;  // 0: it is open
};

// One message to one channel. Recorded before it is sent, and its body never changes, so that however often it is sent
// the receiver can count it once.
struct Delivery {
  std::string id;  // what the receiver knows it by
  ProjectId project;
  std::string channel;
  std::string alert;  // empty: a test
  std::string type;   // "alert.fired", "alert.resolved", "test"
  std::string body;
  int64_t created_ms = 0;
  DeliveryState state = DeliveryState::waiting;
  int64_t attempts = 0;  // that were begun
  int64_t next_ms = 0;   // of the next attempt
  int64_t finished_ms = 0;
  std::string reason;  // why it is dead
};

struct DeliveryAttempt {
  int64_t number = 0;  // 1, 2, ...
  int64_t started_ms = 0;
  int64_t took_ms = -1;  // -1: its outcome is not known, for the process ended
  int64_t status = 0;    // of the answer; 0: there was none
  std::string trouble;   // empty: it was taken
  std::string answer;    // its first bytes
};

// What a look at a rule changes, all of it in one step.
struct RuleStep {
  std::string rule;
  RuleState state;
  std::optional<Alert> begun;
  std::string ended;  // an alert's id
  int64_t now_ms = 0;
  std::vector<Delivery> deliveries;
};

struct OutboxCounts {
  int64_t waiting = 0;
  int64_t oldest_ms = 0;  // when the oldest of them was made; 0 without one
};

// Errors: gm-metadata-unavailable. Safe to call from several threads; calls block on disk. What names another project's
// things finds nothing.
class NotificationStore {
 public:
  virtual ~NotificationStore() = default;

  virtual Status add_channel(const Channel& channel) = 0;
  // Name, target, secret, enabled, trouble. What waits for a channel that is switched off is dead. False: none.
  virtual Result<bool> change_channel(const Channel& channel, int64_t now_ms) = 0;
  virtual Result<bool> remove_channel(ProjectId project, std::string_view id, int64_t now_ms) = 0;
  virtual Result<std::vector<Channel>> channels(ProjectId project) = 0;
  virtual Result<std::optional<Channel>> channel(ProjectId project, std::string_view id) = 0;

  virtual Status add_rule(const AlertRule& rule) = 0;
  // Name, definition, channels, enabled. False: there is none.
  virtual Result<bool> change_rule(const AlertRule& rule) = 0;
  // Together with the end of its open alert and the messages that say so. False: there is no such rule, or another
  // alert than the one that ends is open by now.
  virtual Result<bool> remove_rule(ProjectId project, const RuleStep& last) = 0;
  virtual Result<std::vector<WatchedRule>> rules(ProjectId project) = 0;
  virtual Result<std::optional<WatchedRule>> rule(ProjectId project, std::string_view id) = 0;
  virtual Result<std::vector<WatchedRule>> all_rules() = 0;
  // Nothing when the rule is gone meanwhile.
  virtual Status note_step(const RuleStep& step) = 0;
  // The newest first.
  virtual Result<std::vector<Alert>> alerts(ProjectId project, bool open_only, int64_t most) = 0;
  virtual Result<std::optional<Alert>> alert(ProjectId project, std::string_view id) = 0;

  virtual Status add_delivery(const Delivery& delivery) = 0;
  // Whose turn it is, of channels that are not `busy`; none: nothing is due.
  virtual Result<std::optional<Delivery>> next_due(int64_t now_ms, const std::vector<std::string>& busy) = 0;
  // Before it is sent. `next_ms`: when it is sent again if nothing more is heard of this attempt.
  virtual Status begin_attempt(std::string_view delivery, const DeliveryAttempt& attempt, int64_t next_ms) = 0;
  // Outcome of the attempt, and what `after` says in state, next_ms, finished_ms and reason.
  virtual Status end_attempt(const Delivery& after, const DeliveryAttempt& attempt) = 0;
  // The newest first. `channel` empty: all.
  virtual Result<std::vector<Delivery>> deliveries(ProjectId project, std::string_view channel, int64_t most) = 0;
  virtual Result<std::optional<Delivery>> delivery(ProjectId project, std::string_view id) = 0;
  virtual Result<std::vector<DeliveryAttempt>> attempts(std::string_view delivery) = 0;
  virtual Result<OutboxCounts> outbox() = 0;
  // Deliveries and alerts that ended before; what is open stays. The number of them.
  virtual Result<int64_t> forget(int64_t before_ms) = 0;
};

}  // namespace gm::store
