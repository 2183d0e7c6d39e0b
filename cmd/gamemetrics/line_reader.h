#pragma once
// Lines of a file of any size, gzip-compressed (name ends in .gz) or not, in constant memory.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "lib/base/result.h"
#include "lib/io/file.h"

namespace gm::gamemetrics {

class LineReader {
 public:
  static constexpr size_t kLineBytesMax = 8u << 20;

  // Errors: gm-io-*.
  static Result<LineReader> open(io::FileSystem& files, const std::string& path);
  LineReader(LineReader&&) noexcept;
  ~LineReader();

  // Without its line end; nullopt at the end of the file. Errors: gm-io-*, gm-import-malformed (not gzip, a line too
  // long).
  Result<std::optional<std::string>> next();

  // Of the file as it is on disk, for the progress bar.
  uint64_t bytes_total() const { return bytes_total_; }
  uint64_t bytes_read() const { return offset_; }

 private:
  struct Inflater;
  LineReader();
  Status fill();
  Status inflate_more();

  std::unique_ptr<io::File> file_;
  std::unique_ptr<Inflater> inflater_;  // null: plain
  std::vector<char> raw_;
  std::string text_;
  size_t start_ = 0;  // of the next line in text_
  uint64_t offset_ = 0;
  uint64_t bytes_total_ = 0;
  bool ended_ = false;
};

}  // namespace gm::gamemetrics
