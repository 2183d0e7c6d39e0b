#pragma once
// Private to this folder: what the processor asks of the store before it applies a batch.

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "adapters/duckdb/connection.h"
#include "lib/store/analytics_store.h"

namespace gm::duckdb {

// A moment as SQL; what lies beyond every time that is stored becomes the first or the last of these.
std::string timestamp_literal(int64_t unix_ms);

// Bulk look-ups: the questions go into temporary tables and are joined, so a batch costs one scan of narrow columns,
// cut by zone maps to the dates the batch touches, however many players or ids it asks for.
class StateReader {
 public:
  // Makes the temporary tables and the macro bounded_sum on the connection.
  static Result<StateReader> open(Connection& connection);

  Result<std::vector<store::LogPosition>> positions();
  // States of unknown players have version 0 and no key.
  Result<std::vector<store::PlayerState>> load_players(std::span<const store::PlayerWanted> wanted);
  Result<std::vector<bool>> find_event_ids(std::span<const store::EventIdWanted> wanted);
  Status visit_event_ids(int64_t window_ms, const store::AnalyticsStore::EventIdVisitor& visit);
  Result<store::PlayerKey> highest_player_key();
  Result<std::optional<store::LinkedPlayer>> find_linked(ProjectId project, const Uuid& link);
  Status visit_events(std::span<const store::EventsWanted> wanted, const store::AnalyticsStore::EventVisitor& visit);
  // Ids have been joined: from now on they are asked for. A store without any pays nothing.
  void note_links() { has_links_ = true; }

 private:
  explicit StateReader(Connection& connection) : connection_(&connection) {}
  Status read_player_rows(std::span<const store::PlayerWanted> wanted, std::vector<store::PlayerState>& states);
  Status read_canonical_rows(std::vector<store::PlayerState>& states);
  Status read_members(std::vector<store::PlayerState>& states);
  Status ask_for_known(std::span<const store::PlayerWanted> wanted, const std::vector<store::PlayerState>& states);
  Status read_days(std::vector<store::PlayerState>& states, Date since);
  Status read_sessions(std::vector<store::PlayerState>& states, int64_t since_ms);

  Connection* connection_;
  bool has_links_ = false;
};

}  // namespace gm::duckdb
