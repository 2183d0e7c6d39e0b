#include "cmd/gamemetrics/line_reader.h"

#include <zlib.h>

namespace gm::gamemetrics {
namespace {

constexpr size_t kChunk = 256u << 10;
constexpr int kGzipOnly = 15 + 16;  // zlib's way of saying: largest window, gzip framing

Error malformed(std::string message) { return {"gm-import-malformed", std::move(message)}; }

bool ends_with(const std::string& text, std::string_view end) {
  return text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

}  // namespace

struct LineReader::Inflater {
  z_stream stream{};
  bool member_ended = false;  // a gzip file may be several of them in a row
  Inflater() { inflateInit2(&stream, kGzipOnly); }
  ~Inflater() { inflateEnd(&stream); }
};

LineReader::LineReader() = default;
LineReader::LineReader(LineReader&&) noexcept = default;
LineReader::~LineReader() = default;

Result<LineReader> LineReader::open(io::FileSystem& files, const std::string& path) {
  LineReader reader;
  auto file = files.open(path, io::OpenMode::read);
  if (!file) return file.error();
  reader.file_ = std::move(*file);
  const auto size = reader.file_->size();
  if (!size) return size.error();
  reader.bytes_total_ = *size;
  if (ends_with(path, ".gz")) reader.inflater_ = std::make_unique<Inflater>();
  return reader;
}

Status LineReader::inflate_more() {
  z_stream& stream = inflater_->stream;
  char out[kChunk];
  while (stream.avail_in > 0) {
    if (inflater_->member_ended) {
      inflateReset(&stream);
      inflater_->member_ended = false;
    }
    stream.next_out = reinterpret_cast<Bytef*>(out);
    stream.avail_out = sizeof out;
    const int code = inflate(&stream, Z_NO_FLUSH);
    if (code != Z_OK && code != Z_STREAM_END && code != Z_BUF_ERROR) return malformed("the file is not valid gzip");
    text_.append(out, sizeof out - stream.avail_out);
    inflater_->member_ended = code == Z_STREAM_END;
    if (code == Z_BUF_ERROR) break;
  }
  return {};
}

Status LineReader::fill() {
  text_.erase(0, start_);
  start_ = 0;
  raw_.resize(kChunk);
  const auto n = file_->read_at(raw_, offset_);
  if (!n) return n.error();
  offset_ += *n;
  if (*n == 0) {
    ended_ = true;
    if (inflater_ && !inflater_->member_ended) return malformed("the gzip file is cut off");
    return {};
  }
  if (!inflater_) {
    text_.append(raw_.data(), *n);
    return {};
  }
  inflater_->stream.next_in = reinterpret_cast<Bytef*>(raw_.data());
  inflater_->stream.avail_in = static_cast<uInt>(*n);
  return inflate_more();
}

Result<std::optional<std::string>> LineReader::next() {
  size_t searched = start_;
  size_t end = text_.find('\n', searched);
  while (end == std::string::npos && !ended_) {
    searched = text_.size() - start_;
    if (searched > kLineBytesMax) return malformed("a line is longer than 8 MiB");
    if (const auto filled = fill(); !filled) return filled.error();
    end = text_.find('\n', searched);
  }
  if (end == std::string::npos && start_ == text_.size()) return std::optional<std::string>();
  std::string line = text_.substr(start_, end == std::string::npos ? std::string::npos : end - start_);
  start_ = end == std::string::npos ? text_.size() : end + 1;
  if (!line.empty() && line.back() == '\r') line.pop_back();
  return std::optional<std::string>(std::move(line));
}

}  // namespace gm::gamemetrics
