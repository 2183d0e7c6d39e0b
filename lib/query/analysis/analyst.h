#pragma once
// Answers questions of every kind, and lists the players behind any cell of an answer.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "lib/behavior/behavior_index.h"
#include "lib/behavior/timeline.h"
#include "lib/query/analysis/answer.h"
#include "lib/query/analysis/cells.h"
#include "lib/query/analysis/player_lookup.h"
#include "lib/query/analysis/question.h"
#include "lib/query/language/object_reader.h"

namespace gm::query {

// Safe to use from several threads. Errors: the store's, and gm-query-refused for what only the store could tell is
// wrong with the question, such as a regular expression.
class Analyst {
 public:
  // `store` outlives this.
  // So does `index`; null: SQL answers everything.
  Analyst(store::AnalyticsStore& store, const QuerySettings& settings, behavior::BehaviorIndex* index = nullptr)
      : store_(store), settings_(settings), index_(index) {}

  Result<TableAnswer> answer(const Question& question, const Scope& scope) const;
  // `cell` is an object of coordinates of the answer, "value" among them; problems are about its members.
  Result<PlayersAnswer> players(const Question& question, const Json& cell, const PlayerPage& page, const Scope& scope,
                                Problems& problems) const;
  // The metric by day, from events.
  Result<MetricAnswer> metric_by_day(const Metric& metric, const Scope& scope, DateRange range) const;

  // Players one of whose ids holds the text, those seen last first.
  Result<PlayersAnswer> find_players(const Scope& scope, const std::optional<std::string>& search, int limit) const;
  // Error gm-player-unknown.
  Result<PlayerTimeline> timeline(const Scope& scope, const std::string& player,
                                  const std::optional<TimelineCursor>& before, int limit) const;

 private:
  Result<store::Table> run(const store::Statement& statement) const {
    return store_.run(statement, settings_.timeout_ms);
  }
  struct ResolvedPlayer {
    std::string id;             // the canonical one
    std::vector<int64_t> keys;  // his own, then those of his other ids
  };
  // By any of his ids. Error gm-player-unknown.
  Result<ResolvedPlayer> resolve(const SqlScope& scope, const std::string& player) const;
  // Of moments without times: all of their days.
  Result<store::Table> read_events(const SqlScope& scope, const std::vector<int64_t>& players,
                                   const behavior::TimelineMoments& moments,
                                   const std::optional<TimelineCursor>& before, int limit) const;
  std::optional<behavior::TimelineMoments> moments_in_index(const Scope& scope, int64_t player,
                                                            const std::optional<TimelineCursor>& before,
                                                            int limit) const;
  Status check_patterns(const Question& question) const;
  // What the index can be asked for the question, or why it cannot.
  struct Asked;
  Asked ask_index(const Question& question, const Scope& scope) const;
  // Why SQL answers instead; empty: the error is not the index's.
  std::string_view give_up(const Error& error) const;
  Result<PlayersAnswer> listed(std::span<const store::PlayerKey> keys, const PlayerPage& page,
                               const SqlScope& scope) const;

  store::AnalyticsStore& store_;
  const QuerySettings settings_;
  behavior::BehaviorIndex* index_;
};

// A row of list_players().
ListedPlayer listed_player(const std::vector<store::Value>& row);

}  // namespace gm::query
