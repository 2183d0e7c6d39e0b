#pragma once
// Private to this folder: whether the numbers fulfil a rule's condition. Pure.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "lib/base/time.h"
#include "services/notifications/rule_definition.h"

namespace gm::notifications {

struct Period {
  std::string name;  // "2026-11-26", of an hour "2026-11-26T10:00:00.000Z"
  int64_t start_ms = 0;
  std::optional<double> value;
};

struct Verdict {
  bool judged = false;
  std::string remark;    // why it is not
  bool holds = false;    // the condition is fulfilled
  bool cleared = false;  // so far from it that an alert is over
  Period period;
  std::optional<double> low, high;  // what was expected lies between them, where there is such a bound
  std::string summary;              // in words
  std::vector<Period> recent;       // the last of the periods that were looked at
};

// `periods`: without gaps, the oldest first; the last one is judged. How many are needed: days_before().
//
// Anomalies: the median m of the same hour (in the project's zone) or weekday of the weeks before, and the median
// absolute deviation of those values from it, times 1.4826 a robust estimate of the standard deviation (Rousseeuw and
// Croux, 1993). What lies further than `sensitivity` of those from m is one; never what lies nearer than 2 % of m or
// `at_least`. Weeks before the first number other than 0 are left out, and fewer than four that remain judge nothing.
Verdict judge(const RuleDefinition& definition, const TimeZone& zone, const std::vector<Period>& periods);

// How many days before the judged period are looked at.
int64_t days_before(const RuleDefinition& definition);
// The start of the same local hour or day, `weeks` weeks earlier.
int64_t weeks_earlier(const RuleDefinition& definition, const TimeZone& zone, int64_t start_ms, int weeks);

}  // namespace gm::notifications
