#include "services/analytics_api/exports.h"

#include <fmt/format.h>

#include <stop_token>
#include <utility>

#include "lib/store/stopped_by.h"
#include "lib/telemetry/catalog_queries.h"
#include "services/analytics_api/row_text.h"

namespace gm::analytics_api {
namespace {

constexpr int64_t kNsPerMs = 1'000'000;
constexpr size_t kChunkBytes = 64 << 10;

Error unwanted() { return {"gm-export-unwanted", "the client has gone"}; }

Status write_text(store::RowSource& rows, TableFormat format, const store::ByteSink& sink) {
  RowText text(format, rows.columns());
  std::string chunk = text.head();
  while (true) {
    const auto block = rows.next();
    if (!block) return block.error();
    if (block->empty()) break;
    for (const auto& row : *block) {
      text.append(row, chunk);
      if (chunk.size() < kChunkBytes) continue;
      if (!sink(chunk)) return unwanted();
      chunk.clear();
    }
  }
  return sink(chunk) ? Status() : unwanted();
}

}  // namespace

// The rows with the first ones read ahead, counted, and within the limits of an export.
class Exports::CountedRows final : public store::RowSource {
 public:
  CountedRows(store::RowSource& rows, RunningQuery& query, const ExportDependencies& d)
      : rows_(rows), query_(query), d_(d), end_ns_(d.clock.monotonic_ns() + d.settings.timeout_ms * kNsPerMs) {}

  Status read_ahead() {
    auto first = rows_.next();
    if (!first) return first.error();
    first_ = std::move(*first);
    return {};
  }

  const std::vector<store::RowColumn>& columns() const override { return rows_.columns(); }

  Result<store::RowBlock> next() override {
    if (d_.clock.monotonic_ns() > end_ns_) {
      return Error{"gm-export-timeout", fmt::format("broken off after {} ms (export.timeout)", d_.settings.timeout_ms)};
    }
    auto block = first_.empty() ? rows_.next() : Result<store::RowBlock>(std::exchange(first_, {}));
    if (!block) return block;
    count_ += static_cast<int64_t>(block->size());
    if (count_ > d_.settings.rows_max) {
      return Error{"gm-export-too-large", fmt::format("more than {} rows (export.rows_max)", d_.settings.rows_max)};
    }
    query_.sent(static_cast<int64_t>(block->size()), 0);
    return block;
  }

  int64_t count() const { return count_; }

 private:
  store::RowSource& rows_;
  RunningQuery& query_;
  const ExportDependencies& d_;
  const int64_t end_ns_;
  store::RowBlock first_;
  int64_t count_ = 0;
};

ExportSettings ExportSettings::from(const config::Settings& settings) {
  return {settings.integer("export.rows_max"), settings.bytes("export.bytes_max"),
          settings.duration_ms("export.timeout"), settings.integer("export.concurrent_max"),
          settings.integer("export.concurrent_total_max")};
}

Exports::Exports(ExportDependencies dependencies)
    : d_(std::move(dependencies)),
      places_({"gm-export-busy", "exports", "export.concurrent_max", "export.concurrent_total_max"},
              d_.settings.concurrent_max, d_.settings.concurrent_total_max),
      threads_(static_cast<size_t>(d_.settings.concurrent_total_max),
               static_cast<size_t>(d_.settings.concurrent_total_max)) {}

Status Exports::write(store::RowSource& rows, TableFormat format, const store::ByteSink& sink) const {
  if (format == TableFormat::parquet) return d_.parquet.write(rows, sink);
  return write_text(rows, format, sink);
}

Result<std::string> Exports::whole(store::RowSource& rows, TableFormat format) const {
  std::string text;
  const Status written = write(rows, format, [&text](std::string_view bytes) {
    text += bytes;
    return true;
  });
  if (!written) return written.error();
  return text;
}

Result<http::Response> Exports::begin(Export answer, std::shared_ptr<http::ResponseStream> stream) {
  auto rows = std::make_shared<CountedRows>(*answer.rows, *answer.query, d_);
  if (const Status read = rows->read_ahead(); !read) return read.error();
  http::Response response = file_response(answer.format, answer.name);
  response.headers.emplace_back("X-Accel-Buffering", "no");
  d_.telemetry.counter(telemetry::kExports, {format_name(answer.format)}).add();
  // A function that is kept has to be copyable.
  auto kept = std::make_shared<Export>(std::move(answer));
  const bool begun =
      threads_.submit([this, kept = std::move(kept), rows = std::move(rows), held = std::move(stream)]() mutable {
        feed(*kept, *rows, *held);
        // The question is over before its answer ends: whoever has the whole of it may use its id and its place again.
        rows.reset();
        kept.reset();
        held.reset();
      });
  if (!begun) return Error{"gm-export-busy", "the server stops"};
  return response;
}

void Exports::feed(Export& answer, CountedRows& rows, http::ResponseStream& stream) {
  const Status sent = send(answer, rows, stream);
  d_.telemetry.counter(telemetry::kExportedRows).add(static_cast<uint64_t>(rows.count()));
  if (sent) return;
  // Before the stream is broken off: that ends the connection, and then every client has gone.
  const bool gone = answer.query->cancelled_by() == CancelledBy::client_gone || sent.error().code == unwanted().code;
  d_.telemetry.counter(telemetry::kExportsBroken, {gone ? "client_gone" : sent.error().code}).add();
  stream.break_off();
  if (gone) return;
  d_.logger.log(telemetry::Level::warn, "a streamed answer was broken off",
                {{"query", answer.query->id()}, {"code", sent.error().code}, {"detail", sent.error().message}});
}

Status Exports::send(const Export& answer, CountedRows& rows, http::ResponseStream& stream) {
  const std::stop_token stop = answer.query->stop();
  const store::StoppedBy stopped_by(stop);
  // A cancelled answer does not wait for its reader.
  const std::stop_callback cut(stop, [&stream] { stream.break_off(); });
  int64_t bytes = 0;
  bool too_long = false;
  const Status written = write(rows, answer.format, [&](std::string_view chunk) {
    bytes += static_cast<int64_t>(chunk.size());
    too_long = bytes > d_.settings.bytes_max;
    if (too_long || !stream.send_when_room(std::string(chunk))) return false;
    answer.query->sent(0, static_cast<int64_t>(chunk.size()));
    d_.telemetry.counter(telemetry::kExportedBytes).add(chunk.size());
    return true;
  });
  if (too_long) {
    return Error{"gm-export-too-large", fmt::format("more than {} bytes (export.bytes_max)", d_.settings.bytes_max)};
  }
  if (!written && stop.stop_requested()) return Error{"gm-query-cancelled", "cancelled"};
  return written;
}

}  // namespace gm::analytics_api
