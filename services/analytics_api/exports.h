#pragma once
// Answers that are written as they are read: CSV, NDJSON and Parquet. docs/reference/exports.md.

#include <cstdint>
#include <memory>
#include <string>

#include "lib/base/clock.h"
#include "lib/config/settings.h"
#include "lib/http/message.h"
#include "lib/http/worker_pool.h"
#include "lib/store/row_file.h"
#include "lib/telemetry/logger.h"
#include "lib/telemetry/metrics.h"
#include "services/analytics_api/running_queries.h"
#include "services/analytics_api/statement_places.h"
#include "services/analytics_api/table_format.h"

namespace gm::analytics_api {

struct ExportSettings {
  int64_t rows_max = 0;
  int64_t bytes_max = 0;
  int64_t timeout_ms = 0;            // from the question to the last byte, a slow reader's time included
  int64_t concurrent_max = 0;        // of one project
  int64_t concurrent_total_max = 0;  // of all; each has a thread
  static ExportSettings from(const config::Settings& settings);
};

// Everything outlives the exports.
struct ExportDependencies {
  store::RowFile& parquet;
  const Clock& clock;
  telemetry::Registry& telemetry;
  ExportSettings settings;
  telemetry::Logger logger = {};
};

// One answer on its way. In the order of what is let go last.
struct Export {
  StatementPlaces::Place place;
  std::shared_ptr<RunningQuery> query;
  std::unique_ptr<store::RowSource> rows;
  TableFormat format = TableFormat::csv;  // not json
  std::string name;                       // of the file, without its ending
};

// Safe to use from several threads. When it goes, streams that are still open are waited for.
class Exports {
 public:
  explicit Exports(ExportDependencies dependencies);

  // Error gm-export-busy.
  Result<StatementPlaces::Place> take_place(ProjectId project) { return places_.enter(project); }
  // Reads the first rows, so that what is wrong from the beginning is an error with a status of its own; the rest is
  // sent from another thread, no faster than the client takes it. What goes wrong then breaks the stream off.
  Result<http::Response> begin(Export answer, std::shared_ptr<http::ResponseStream> stream);
  // The whole of an answer that is short, in memory.
  Result<std::string> whole(store::RowSource& rows, TableFormat format) const;
  const ExportSettings& settings() const { return d_.settings; }
  // Waits for the streams that are open: their clients have gone before, or it takes as long as they do.
  void stop() { threads_.stop(); }

 private:
  class CountedRows;
  Status write(store::RowSource& rows, TableFormat format, const store::ByteSink& sink) const;
  void feed(Export& answer, CountedRows& rows, http::ResponseStream& stream);
  Status send(const Export& answer, CountedRows& rows, http::ResponseStream& stream);

  const ExportDependencies d_;
  StatementPlaces places_;
  http::WorkerPool threads_;  // last: they use the rest
};

}  // namespace gm::analytics_api
