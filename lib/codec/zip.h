#pragma once
// A ZIP archive whose files are stored as they are: what everybody can open, for data that is handed to a person.

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/result.h"

namespace gm::codec {

// Bytes that an archive may have: its numbers are of 32 bits.
inline constexpr uint64_t kZipBytesMax = 0xffff'ffff;

// Its bytes go to `sink` as they are made. Precondition: the whole stays below kZipBytesMax, with at most 65,535 files.
class ZipWriter {
 public:
  using Sink = std::function<Status(std::string_view bytes)>;
  explicit ZipWriter(Sink sink) : sink_(std::move(sink)) {}

  // `name`: ASCII, segments parted by '/'.
  Status add(std::string_view name, std::string_view bytes);
  // The list of the files; the writer is spent.
  Status finish();

 private:
  Status write(std::string_view bytes);

  const Sink sink_;
  uint64_t written_ = 0;
  uint16_t count_ = 0;
  std::string directory_;
};

}  // namespace gm::codec
