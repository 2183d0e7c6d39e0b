#include "cmd/gamemetrics/query_export.h"

#include <array>
#include <memory>
#include <optional>
#include <string_view>

#include "cmd/gamemetrics/console.h"
#include "cmd/gamemetrics/exit_codes.h"
#include "lib/base/clock.h"
#include "lib/io/file.h"

namespace gm::gamemetrics {
namespace {

// Where the answer goes while it comes: stdout, or a file beside the one that was asked for.
class Target {
 public:
  explicit Target(std::string path) : path_(std::move(path)), part_(path_ + ".part") {}

  Status open() {
    if (path_.empty()) return {};
    (void)files_.remove(part_);  // of an earlier run that was killed
    auto opened = files_.open(part_, io::OpenMode::create);
    if (!opened) return opened.error();
    file_ = std::move(*opened);
    return {};
  }
  Status write(std::string_view bytes) {
    const uint64_t at = written_;
    written_ += bytes.size();
    if (file_) return file_->write_at(std::array{bytes}, at);
    print(bytes);
    return {};
  }
  Status keep() {
    if (!file_) return {};
    if (const Status synced = file_->sync_data(); !synced) return synced;
    file_.reset();
    return files_.rename(part_, path_);
  }
  void drop() {
    if (file_) (void)files_.remove(part_);
    file_.reset();
  }
  uint64_t written() const { return written_; }

 private:
  const std::string path_, part_;
  io::PosixFileSystem files_;
  std::unique_ptr<io::File> file_;
  uint64_t written_ = 0;
};

}  // namespace

bool is_file_format(const std::string& format) { return format == "csv" || format == "ndjson" || format == "parquet"; }

int export_answer(const ServerOptions& server, const FileRequest& request) {
  Target target(request.file);
  if (const Status opened = target.open(); !opened) return fail(opened.error());
  const SystemClock clock;
  Progress progress("bytes", 0, clock);
  std::optional<Error> disk;
  ApiClient api(server);
  const Status got = api.download(request.method, request.path, request.body, [&](std::string_view bytes) {
    if (const Status written = target.write(bytes); !written) disk = written.error();
    if (!request.file.empty()) progress.update(target.written());
    return !disk;
  });
  const Status kept = disk ? Status(*disk) : !got ? got : target.keep();
  if (kept) {
    if (!request.file.empty()) progress.finish(fmt::format("{}: {} bytes", request.file, grouped(target.written())));
    return kExitOk;
  }
  target.drop();
  if (!request.file.empty()) progress.finish("nothing was written: the answer is not whole");
  return fail(kept.error());
}

}  // namespace gm::gamemetrics
