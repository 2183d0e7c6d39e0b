#pragma once
// Private to this folder: from a verdict to what changes: ok, pending, firing, and back, with the messages about it.

#include <cstdint>
#include <string>
#include <string_view>

#include "lib/base/random.h"
#include "lib/store/notification_store.h"
#include "services/notifications/judgement.h"

namespace gm::notifications {

inline constexpr std::string_view kAlertFired = "alert.fired", kAlertResolved = "alert.resolved", kTest = "test";

struct Moment {
  int64_t now_ms = 0;
  Random& random;
};

// ok -> pending when the condition holds, pending -> firing when it has held for `for_seconds` (at once when that is
// 0), firing -> ok when it is cleared. Messages go out when firing begins and when it ends, never in between. A verdict
// that judges nothing changes no phase.
store::RuleStep step_of(const store::WatchedRule& watched, const RuleDefinition& definition, const Verdict& verdict,
                        const Moment& moment);
// Nothing could be read: the phase stays.
store::RuleStep unread_step(const store::WatchedRule& watched, std::string remark, const Moment& moment);
// The rule is removed or switched off: an open alert ends, and its receivers hear of that.
store::RuleStep last_step(const store::WatchedRule& watched, std::string_view why, const Moment& moment);

// A message to one channel, not sent yet. `data`: JSON.
store::Delivery delivery_to(ProjectId project, std::string_view channel, std::string_view alert, std::string_view type,
                            const nlohmann::ordered_json& data, const Moment& moment);

}  // namespace gm::notifications
