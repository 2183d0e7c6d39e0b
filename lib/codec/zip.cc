#include "lib/codec/zip.h"

#include <libdeflate.h>

#include <cassert>

namespace gm::codec {
namespace {

// PKWARE APPNOTE 6.3, sections 4.3.7, 4.3.12 and 4.3.16.
constexpr uint32_t kLocalHeader = 0x04034b50;
constexpr uint32_t kDirectoryHeader = 0x02014b50;
constexpr uint32_t kDirectoryEnd = 0x06054b50;
constexpr uint16_t kVersion = 20;
// The form has no time zone, and the manifest tells the moment: the first that can be written.
constexpr uint16_t kTime = 0;
constexpr uint16_t kDate = 0x21;

void put16(std::string& out, uint16_t value) {
  out += static_cast<char>(value & 0xff);
  out += static_cast<char>(value >> 8);
}

void put32(std::string& out, uint64_t value) {
  put16(out, static_cast<uint16_t>(value & 0xffff));
  put16(out, static_cast<uint16_t>(value >> 16 & 0xffff));
}

// What both headers of a file have in common: from the version that reads it to the length of its name.
std::string described(std::string_view name, std::string_view bytes) {
  std::string out;
  put16(out, kVersion);
  put16(out, 0);  // flags
  put16(out, 0);  // stored
  put16(out, kTime);
  put16(out, kDate);
  put32(out, libdeflate_crc32(0, bytes.data(), bytes.size()));
  put32(out, bytes.size());
  put32(out, bytes.size());
  put16(out, static_cast<uint16_t>(name.size()));
  put16(out, 0);  // no extra field
  return out;
}

}  // namespace

Status ZipWriter::write(std::string_view bytes) {
  written_ += bytes.size();
  assert(written_ <= kZipBytesMax);
  return sink_(bytes);
}

Status ZipWriter::add(std::string_view name, std::string_view bytes) {
  const uint64_t at = written_;
  const std::string common = described(name, bytes);
  std::string header;
  put32(header, kLocalHeader);
  header += common;
  header += name;
  if (Status written = write(header); !written) return written;
  if (Status written = write(bytes); !written) return written;
  put32(directory_, kDirectoryHeader);
  put16(directory_, kVersion);
  directory_ += common;
  put16(directory_, 0);  // no comment
  put16(directory_, 0);  // of this disk
  put16(directory_, 0);
  put32(directory_, 0);
  put32(directory_, at);
  directory_ += name;
  ++count_;
  return {};
}

Status ZipWriter::finish() {
  const uint64_t at = written_;
  const uint64_t size = directory_.size();
  put32(directory_, kDirectoryEnd);
  put16(directory_, 0);
  put16(directory_, 0);
  put16(directory_, count_);
  put16(directory_, count_);
  put32(directory_, size);
  put32(directory_, at);
  put16(directory_, 0);
  return write(directory_);
}

}  // namespace gm::codec
