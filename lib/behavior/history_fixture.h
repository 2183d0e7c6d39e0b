#pragma once
// For tests: random histories fed to an index and to the naive model alike, and random questions.

#include <algorithm>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "lib/base/random.h"
#include "lib/behavior/naive_model.h"
#include "lib/behavior/partition_index.h"
#include "lib/io/faulty_file.h"

namespace gm::behavior {

inline constexpr int64_t kTestStart = 1'700'000'000'000;
inline const ProjectId kTestProject = ProjectId::from_stored(7);
inline const ProjectId kOtherProject = ProjectId::from_stored(8);

// Events of one partition in the order of their offsets, with owned texts.
class TestEvents {
 public:
  explicit TestEvents(log::Partition partition) : partition_(partition) {}

  void add(ProjectId project, ModelEvent event) {
    event.partition = partition_;
    event.offset = next();
    Stored& stored = stored_.emplace_back();
    stored.model = std::move(event);
    const ModelEvent& model = stored.model;
    stored.event.name = model.name;
    stored.event.country = model.attributes[0];
    stored.event.platform = model.attributes[1];
    stored.event.build = model.attributes[2];
    stored.event.session = model.session;
    stored.event.revenue_micros = model.revenue_micros;
    store::EventRow& row = stored.row;
    row.project = project;
    row.player = model.player;
    row.date = model.date;
    row.time_ms = model.time_ms;
    row.source = model.attributes[3] == "posthog" ? event::Source::posthog : event::Source::native;
    row.log_partition = partition_;
    row.log_offset = model.offset;
    row.event = &stored.event;
  }

  // Offsets grow by more than one: repeats and refused events have offsets too.
  log::Offset next() const { return stored_.size() * 3 + 5; }
  log::Partition partition() const { return partition_; }

  std::vector<store::EventRow> rows(log::Offset from, log::Offset to) const {
    std::vector<store::EventRow> result;
    for (const Stored& stored : stored_) {
      if (stored.row.log_offset >= from && stored.row.log_offset < to) result.push_back(stored.row);
    }
    return result;
  }
  void append_to(NaiveModel& model, ProjectId project) const {
    for (const Stored& stored : stored_) {
      if (stored.row.project == project) model.events.push_back(stored.model);
    }
  }
  // Everything the index lacks, in batches of at most `size` offsets.
  void feed(PartitionIndex& index, log::Offset size = 1'000'000) const {
    while (index.next() < next()) {
      const log::Offset from = index.next();
      const log::Offset to = std::min(next(), from + size);
      index.apply(from, to, rows(from, to));
    }
  }

 private:
  struct Stored {
    ModelEvent model;
    event::Event event;
    store::EventRow row;
  };
  log::Partition partition_;
  std::deque<Stored> stored_;  // never moves: rows point into it
};

class HistoryMaker {
 public:
  explicit HistoryMaker(uint64_t seed) : random_(seed), clocks_(kPlayers, kTestStart) {}

  static constexpr uint64_t kPlayers = 9;
  static inline const std::vector<std::string> kNames = {"start", "level", "shop", "buy", "ad", "quit"};

  ModelEvent next() {
    ModelEvent event;
    const uint64_t who = random_.below(kPlayers);
    event.player = 100 + who * 17;
    clocks_[who] += step();
    // Late events lie before events that came earlier.
    event.time_ms = clocks_[who] - (random_.below(8) == 0 ? static_cast<int64_t>(random_.below(2 * kMsPerDay)) : 0);
    event.date = {static_cast<int32_t>((event.time_ms + 5 * kMsPerHour) / kMsPerDay)};
    event.name = pick(kNames);
    event.attributes = {pick({"DE", "US", "CN"}), pick({"ios", "android"}), pick({"1.0", "1.1", ""}),
                        pick({"native", "posthog"})};
    event.session = pick({"", "", "s1", "s2"});
    if (event.name == "buy") event.revenue_micros = static_cast<int64_t>(random_.below(5)) * 990'000;
    return event;
  }

  FunnelQuery funnel() {
    FunnelQuery query;
    for (uint64_t steps = 1 + random_.below(4); steps > 0; --steps) query.steps.push_back(selector());
    query.order = static_cast<StepOrder>(random_.below(3));
    query.window_ms = 1 + static_cast<int64_t>(random_.below(6) == 0 ? 0 : random_.below(3 * kMsPerDay));
    if (query.order != StepOrder::any && random_.below(3) == 0) query.exclusions.push_back(selector());
    if (random_.below(3) == 0) query.among = {{Dimension::platform, {"ios"}, false}};
    query.range = range();
    query.unit = static_cast<Unit>(random_.below(2));
    query.session_rule = {30 * kMsPerMinute, kMsPerHour};
    query.breakdown = breakdown();
    query.threads = 1 + static_cast<unsigned>(random_.below(3));
    return query;
  }

  RetentionQuery retention() {
    RetentionQuery query;
    query.start = selector();
    query.comeback = selector();
    query.kind = static_cast<RetentionKind>(random_.below(4));
    query.days = static_cast<RetentionDays>(random_.below(2));
    query.which = static_cast<RetentionStart>(random_.below(3));
    for (uint64_t n = 1 + random_.below(5); n > 0; --n) {
      const int from = static_cast<int>(random_.below(4));
      query.spans.push_back({from, from + static_cast<int>(random_.below(random_.below(8) == 0 ? 90 : 5))});
    }
    query.range = range();
    query.breakdown = breakdown();
    query.threads = 1 + static_cast<unsigned>(random_.below(3));
    return query;
  }

  CountsQuery counts() {
    return {selector(), range(), breakdown(), random_.below(2) == 0, 1 + static_cast<unsigned>(random_.below(3))};
  }

  PathsQuery paths() {
    PathsQuery query;
    query.anchor = selector();
    query.before = random_.below(2) == 0;
    query.others = selector();
    query.others.any_name = query.others.any_name || random_.below(2) == 0;
    query.steps = 1 + random_.below(kPathStepsMax);
    query.join_repeats = random_.below(2) == 0;
    query.unit = static_cast<Unit>(random_.below(2));
    query.session_rule = {30 * kMsPerMinute, kMsPerHour};
    query.range = range();
    query.top = random_.below(6);
    query.threads = 1 + static_cast<unsigned>(random_.below(3));
    return query;
  }

  SeededRandom& random() { return random_; }
  const std::string& pick(const std::vector<std::string>& from) {
    picked_ = from[random_.below(from.size())];
    return picked_;
  }

 private:
  int64_t step() {
    switch (random_.below(5)) {
      case 0:
        return 0;
      case 1:
        return static_cast<int64_t>(random_.below(kMsPerDay));
      default:
        return static_cast<int64_t>(random_.below(20 * kMsPerMinute));
    }
  }
  EventSelector selector() {
    EventSelector selector;
    selector.any_name = random_.below(6) == 0;
    for (uint64_t n = 1 + random_.below(2); n > 0; --n) selector.names.push_back(pick(kNames));
    if (random_.below(8) == 0) selector.names = {"never sent"};
    if (random_.below(3) == 0)
      selector.tests.push_back({Dimension::country, {pick({"DE", "US", "FR"})}, random_.below(2) == 0});
    if (random_.below(5) == 0) selector.tests.push_back({Dimension::source, {"posthog"}, false});
    return selector;
  }
  DateRange range() {
    if (random_.below(2) == 0) return {};
    const Date first{static_cast<int32_t>(kTestStart / kMsPerDay) + static_cast<int32_t>(random_.below(4))};
    return {first, first + static_cast<int32_t>(random_.below(4))};
  }
  std::optional<Division> breakdown() {
    if (random_.below(2) == 0) return std::nullopt;
    Division division(static_cast<Dimension>(random_.below(kDimensions)));
    if (random_.below(2) == 0) division.shown = {pick({"DE", "ios", "1.0", ""}), "native"};
    return division;
  }

  SeededRandom random_;
  std::vector<int64_t> clocks_;
  std::string picked_;
};

}  // namespace gm::behavior
