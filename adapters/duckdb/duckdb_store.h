#pragma once
// The embedded analytics store: one DuckDB file.

#include <memory>
#include <string>

#include "lib/config/settings.h"
#include "lib/store/analytics_store.h"
#include "lib/store/data_version.h"
#include "lib/store/erasable_store.h"
#include "lib/store/sql_store.h"

namespace gm::duckdb {

struct DuckDbSettings {
  std::string path;              // the database file; its folder is made when missing
  int64_t memory_bytes_max = 0;  // store.memory_max
  int64_t threads = 0;           // store.threads; 0: one per processor
  int64_t rows_max = 0;          // query.rows_max

  // <data_dir>/store/analytics.duckdb
  static DuckDbSettings from(const config::Settings& settings);
};

// The processor's side belongs to one thread; run() may be called from several.
class DuckDbStore final : public store::AnalyticsStore,
                          public store::SqlStore,
                          public store::DataVersion,
                          public store::ErasableStore {
 public:
  // Errors: gm-store-corrupt, gm-store-locked, gm-store-too-new, gm-store-unavailable.
  static Result<std::unique_ptr<DuckDbStore>> open(const DuckDbSettings& settings);
  // Would open() succeed? Reads only: the file and its write-ahead log stay as they are. Errors: those of open().
  static Status check(const DuckDbSettings& settings);
  ~DuckDbStore() override;

  Result<std::vector<store::LogPosition>> positions() override;
  Result<std::vector<store::PlayerState>> load_players(std::span<const store::PlayerWanted> wanted) override;
  Result<std::vector<bool>> find_event_ids(std::span<const store::EventIdWanted> wanted) override;
  Status visit_event_ids(int64_t window_ms, const EventIdVisitor& visit) override;
  Result<std::optional<store::LinkedPlayer>> find_linked(ProjectId project, const Uuid& link) override;
  Status visit_events(std::span<const store::EventsWanted> wanted, const EventVisitor& visit) override;
  Result<store::KnownShapes> known_shapes(ProjectId project) override;
  Status apply(const store::MicroBatch& batch) override;
  Result<store::Table> run(const store::Statement& statement, int64_t timeout_ms) override;
  Result<std::unique_ptr<store::RowSource>> ask_sql(const store::SqlQuestion& question) override;
  uint64_t data_version(ProjectId project) const override;
  Status compact() override;
  Status rest() override;
  Result<store::ErasedRows> erase(const store::PlayerErasure& erasure) override;
  Status rectify(const store::PlayerRectification& rectification) override;
  Status rewrite() override;

 private:
  struct State;
  class ReaderSnapshots;
  // Puts the file `with` in the place of the store's.
  Status replace_file(const std::string& with);
  explicit DuckDbStore(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace gm::duckdb
