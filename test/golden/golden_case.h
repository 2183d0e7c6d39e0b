#pragma once
// A golden case as a text file; the format is described in README.md beside it.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace gm::golden {

struct CaseEvent {
  int line = 0;
  int64_t time_ms = 0;
  int64_t received_ms = 0;
  std::string player, name, id, session, currency, country, platform, build, properties = "{}";
  int64_t revenue_micros = 0;
  bool has_revenue = false;
  bool is_undo = false;    // not an event: the link that the event with this id made is taken back
  bool is_stored = false;  // not an event: what comes before is stored before the rest is sent
};

struct CaseRate {
  std::string date, currency, rate;
};

// Who stands behind a cell of the answer.
struct CaseCell {
  int line = 0;
  std::string cell;                  // JSON object
  std::vector<std::string> players;  // in any order
};

struct CaseRequest {
  int line = 0;
  std::string target;      // "/api/v1/metrics/dau?from=..."
  std::string kind, body;  // of a question; then `target` is empty
  std::vector<CaseCell> cells;
  std::vector<std::string> expected;  // JSON texts; each must be part of the answer
  std::vector<std::string> values;    // of the points, in order; empty: not asked
};

struct Case {
  std::string zone = "UTC";
  std::string currency = "USD";
  int64_t now_ms = 0;
  std::vector<CaseRate> rates;  // to `currency`
  std::vector<CaseEvent> events;
  std::vector<CaseRequest> requests;
};

// Throws std::runtime_error with the line: a case that cannot be read fails its test.
Case parse_case(std::string_view text);

}  // namespace gm::golden
