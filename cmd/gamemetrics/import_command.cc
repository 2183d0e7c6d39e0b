#include <algorithm>

#include "cmd/gamemetrics/api_client.h"
#include "cmd/gamemetrics/cli.h"
#include "cmd/gamemetrics/console.h"
#include "cmd/gamemetrics/exit_codes.h"
#include "cmd/gamemetrics/import_state.h"
#include "cmd/gamemetrics/mapping.h"
#include "cmd/gamemetrics/parallel_sender.h"
#include "cmd/gamemetrics/stop_signal.h"
#include "lib/base/uuid.h"
#include "lib/simulated_game/render.h"

namespace gm::gamemetrics {
namespace {

constexpr uint64_t kMappingBytesMax = 1u << 20;
constexpr size_t kRequestBytesMax = 1536u << 10;  // below ingest.body_bytes_max
constexpr int64_t kStateEveryNs = 1'000'000'000;
constexpr int kMalformedShown = 5;

struct ImportOptions {
  ServerOptions server;
  std::string file, mapping, format, state;
  uint32_t batch = 1000;
  size_t connections = 4;
};

class Import {
 public:
  Import(const ImportOptions& options, Mapping mapping, RecordReader reader, ImportState state)
      : options_(options),
        mapping_(std::move(mapping)),
        reader_(std::move(reader)),
        state_(std::move(state)),
        resumed_(state_.rows),
        watermark_(state_.rows),
        sender_(options.server.url, options.server.key, options.connections, clock_, stop_requested),
        progress_("importing", 0, clock_) {}

  int run();

 private:
  Status read_rows();
  void add(const std::string& event);
  void note_malformed(const Record& record);
  bool send_batch();
  void tick();
  void save();
  int report(const Status& read, const Status& sent);

  const ImportOptions& options_;
  SystemClock clock_;
  io::PosixFileSystem files_;
  Mapping mapping_;
  RecordReader reader_;
  ImportState state_;
  const uint64_t resumed_;
  Watermark watermark_;
  ParallelSender sender_;
  Progress progress_;
  std::string body_;
  uint32_t events_ = 0;
  uint64_t last_row_ = 0, body_last_row_ = 0, rows_ = 0, malformed_ = 0;
  int64_t saved_ns_ = 0;
};

int Import::run() {
  if (resumed_ > 0) say("going on after row {}", grouped(resumed_));
  Status read = read_rows();
  if (events_ > 0 && !send_batch()) read = Status();  // the sender's own error says more
  const Status sent = sender_.finish();
  progress_.finish("");
  return report(read, sent);
}

Status Import::read_rows() {
  while (true) {
    const auto record = reader_.next();
    if (!record) return record.error();
    if (!*record) return {};
    last_row_ = (*record)->row;
    if (last_row_ <= resumed_) continue;
    ++rows_;
    if ((*record)->value.is_null())
      note_malformed(**record);
    else
      add(mapping_.event_of(**record).dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace));
    if ((events_ >= options_.batch || body_.size() >= kRequestBytesMax) && !send_batch()) return {};
    tick();
  }
}

void Import::add(const std::string& event) {
  if (!body_.empty() && body_.size() + event.size() > kRequestBytesMax) (void)send_batch();
  if (!body_.empty()) body_ += ',';
  body_ += event;
  ++events_;
  body_last_row_ = last_row_;
}

void Import::note_malformed(const Record& record) {
  if (++malformed_ <= kMalformedShown) say("row {} is malformed and left out: {:.120}", record.row, record.text);
}

bool Import::send_batch() {
  auto body = std::make_shared<const std::string>(std::exchange(body_, {}));
  const uint64_t ticket = watermark_.begin(body_last_row_);
  return sender_.push({[body](int64_t now_ms) { return simulated_game::render_request(*body, now_ms, true); },
                       std::exchange(events_, 0u), [this, ticket] { watermark_.done(ticket); }});
}

void Import::tick() {
  const int64_t now = clock_.monotonic_ns();
  const auto share = static_cast<double>(reader_.lines().bytes_read()) /
                     static_cast<double>(std::max<uint64_t>(1, reader_.lines().bytes_total()));
  if (rows_ % 256 == 0) progress_.update(rows_, fmt::format("{:.0f} % of the file", share * 100));
  if (now - saved_ns_ < kStateEveryNs) return;
  saved_ns_ = now;
  save();
}

void Import::save() {
  state_.rows = watermark_.rows();
  if (state_.rows == 0) return;  // nothing to go on from
  if (const auto saved = save_import_state(files_, options_.state, state_); !saved)
    say("cannot note how far the import is: {}", saved.error().message);
}

int Import::report(const Status& read, const Status& sent) {
  const SendCounts counts = sender_.counts();
  const bool whole = read && sent && !stop_requested();
  if (whole) {
    (void)files_.remove(options_.state);
  } else {
    save();
  }
  say("{} rows: {} events accepted, {} rejected, {} rows malformed, {} requests sent again", grouped(rows_),
      grouped(counts.accepted), grouped(counts.rejected), grouped(malformed_), counts.retried);
  for (const auto& [reason, count] : counts.rejected_by_reason) say("  {} {}", grouped(count), reason);
  if (!sent) return fail(sent.error());
  if (!read) return fail(read.error());
  if (!whole) {
    say("stopped; the same command goes on from here");
    return 128 + stop_signal();
  }
  return counts.accepted == 0 && counts.rejected + malformed_ > 0 ? kExitFailure : kExitOk;
}

Result<Mapping> load_mapping(io::FileSystem& files, const std::string& path, std::string& text) {
  if (path.empty()) return Mapping::native();
  auto read = io::read_file(files, path, kMappingBytesMax);
  if (!read) return read.error();
  text = std::move(*read);
  return Mapping::parse(text, path);
}

int import(ImportOptions options) {
  watch_stop_signals();
  io::PosixFileSystem files;
  std::string mapping_text;
  auto mapping = load_mapping(files, options.mapping, mapping_text);
  if (!mapping) return fail(mapping.error());
  auto format = options.format.empty() ? mapping->format() : parse_format(options.format);
  if (!format) format = format_of(options.file);
  if (!format)
    return fail({"gm-usage-invalid", "the file's name does not tell its format: add --format ndjson, csv or tsv"});
  auto lines = LineReader::open(files, options.file);
  if (!lines) return fail(lines.error());
  if (options.state.empty()) options.state = options.file + ".import-state";
  const std::string source = Uuid::derived_from(fmt::format("{}\n{}\n{}\n{}\n{}", options.file, lines->bytes_total(),
                                                            mapping_text, options.server.url, options.server.key))
                                 .to_string();
  auto state = load_import_state(files, options.state, source);
  if (!state) return fail(state.error());
  return Import(options, std::move(*mapping), RecordReader(std::move(*lines), *format), std::move(*state)).run();
}

}  // namespace

void add_import_command(Cli& cli) {
  CLI::App* command =
      cli.app.add_subcommand("import", "Send the events of a file (NDJSON, CSV, TSV; also .gz) to a running server");
  const auto options = std::make_shared<ImportOptions>();
  command->add_option("file", options->file, "The file")->required();
  add_server_options(*command, options->server, security::KeyKind::write);
  command->add_option("--mapping", options->mapping,
                      "YAML file that says which column is what (default: the names of the native API)");
  command->add_option("--format", options->format, "Form of the file (default: from the mapping or the name)")
      ->check(CLI::IsMember({"ndjson", "csv", "tsv"}));
  command->add_option("--state", options->state, "Where to note how far it is (default: FILE.import-state)");
  command->add_option("--batch", options->batch, "Events in one request")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  command->add_option("--connections", options->connections, "Connections at once")
      ->check(CLI::Range(1, 64))
      ->capture_default_str();
  add_examples(
      *command,
      {"gamemetrics import events.ndjson.gz --key gm_wk_...",
       "gamemetrics import clicks.csv --mapping examples/mappings/clickstream.yaml --key gm_wk_...",
       "An interrupted import goes on where it was; one repeated within processor.dedupe_window changes no number."});
  command->callback([&cli, options] { cli.chosen = [options] { return import(*options); }; });
}

}  // namespace gm::gamemetrics
