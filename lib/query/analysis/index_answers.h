#pragma once
// Private to this folder: what the behaviour index says to a question that the planner gave it, in the form in which
// SQL would say it: the rows of Cells::answer(), and the players of a cell.

#include <string>
#include <utility>
#include <vector>

#include "lib/base/result.h"
#include "lib/behavior/counts.h"
#include "lib/behavior/funnel.h"
#include "lib/behavior/retention.h"
#include "lib/query/analysis/cells.h"
#include "lib/query/analysis/question.h"
#include "lib/query/analysis/retention.h"
#include "lib/store/table.h"

namespace gm::query {

// Of one question. Errors are lib/behavior's. Precondition: needs_sql() has no reason for the question.
class IndexAnswers {
 public:
  // `frame` outlives this. `today`: in the project's zone.
  IndexAnswers(behavior::Snapshot snapshot, const Frame& frame, Date today)
      : snapshot_(std::move(snapshot)), frame_(frame), today_(today) {}

  Result<store::Table> cells(const FunnelQuestion& question) const;
  Result<store::Table> cells(const RetentionQuestion& question) const;
  Result<store::Table> cells(const Series& series, DateRange range) const;

  // False: the choice means a part of the breakdown that is no group of the index, "all that are shown".
  static bool can_list(const CellChoice& choice, const Frame& frame);
  // Rising. `choice` names coordinates of the question's cells.
  using Players = std::vector<store::PlayerKey>;
  Result<Players> players(const FunnelQuestion& question, const CellChoice& choice) const;
  Result<Players> players(const RetentionQuestion& question, const CellChoice& choice) const;
  Result<Players> players(const Series& series, const CellChoice& choice) const;

 private:
  using Weights = std::vector<std::pair<std::string, uint64_t>>;  // by value of the breakdown
  std::optional<behavior::Division> divide() const;
  // The division with no more than frame.top values by themselves, those of the most weight.
  std::optional<behavior::Division> shown(Weights weights) const;

  Result<behavior::FunnelQuery> divided(const FunnelQuestion& question) const;
  Result<behavior::RetentionQuery> divided(const RetentionQuestion& question) const;
  Result<behavior::CountsQuery> divided(const Series& series, DateRange range) const;

  behavior::Snapshot snapshot_;
  const Frame& frame_;
  const Date today_;
};

}  // namespace gm::query
