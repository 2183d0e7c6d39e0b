#pragma once
// Private to this folder: lists that are read page by page, as rows. Each page is of its own moment: what joins or
// leaves the list while it is read may be missing, and nothing is there twice.

#include <functional>
#include <optional>

#include "lib/query/analysis/analyst.h"
#include "lib/store/row_source.h"

namespace gm::analytics_api {

class PlayerRows final : public store::RowSource {
 public:
  using ReadPage = std::function<Result<query::PlayersAnswer>(const query::PlayerPage&)>;
  explicit PlayerRows(ReadPage read) : read_(std::move(read)) {}
  const std::vector<store::RowColumn>& columns() const override;
  Result<store::RowBlock> next() override;

 private:
  const ReadPage read_;
  std::optional<int64_t> after_;
  bool more_ = true;
};

// A player's events, newest first.
class TimelineRows final : public store::RowSource {
 public:
  using ReadPage =
      std::function<Result<query::PlayerTimeline>(const std::optional<query::TimelineCursor>& before, int limit)>;
  TimelineRows(ReadPage read, std::optional<query::TimelineCursor> before)
      : read_(std::move(read)), before_(std::move(before)) {}
  const std::vector<store::RowColumn>& columns() const override;
  Result<store::RowBlock> next() override;

 private:
  const ReadPage read_;
  std::optional<query::TimelineCursor> before_;
  bool more_ = true;
};

}  // namespace gm::analytics_api
