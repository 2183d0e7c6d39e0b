#include "lib/behavior/manifest.h"

#include <array>
#include <cstring>

#include "lib/codec/crc32c.h"

namespace gm::behavior {
namespace {

constexpr std::array<char, 8> kMagic = {'G', 'M', 'B', 'E', 'H', 'M', 'A', 'N'};

struct Head {
  std::array<char, 8> magic = kMagic;
  uint32_t version = kManifestVersion;
  uint32_t partition = 0;
  uint64_t source = 0;
  uint64_t next = 0;
  uint64_t next_sequence = 0;
  uint32_t runs = 0;
  uint32_t crc = 0;  // of everything else
};
static_assert(sizeof(Head) == 48);

struct Entry {
  uint64_t sequence = 0;
  uint64_t bytes = 0;
  uint32_t crc = 0;
  uint32_t unused = 0;
};
static_assert(sizeof(Entry) == 24);

uint32_t crc_of(Head head, std::string_view entries) {
  head.crc = 0;
  return codec::crc32c(codec::crc32c(0, {reinterpret_cast<const char*>(&head), sizeof head}), entries);
}

}  // namespace

std::string encode(const Manifest& manifest) {
  Head head;
  head.partition = manifest.partition;
  head.source = manifest.source;
  head.next = manifest.next;
  head.next_sequence = manifest.next_sequence;
  head.runs = static_cast<uint32_t>(manifest.runs.size());
  std::vector<Entry> entries;
  for (const RunId& run : manifest.runs) entries.push_back({run.sequence, run.bytes, run.crc, 0});
  const std::string_view tail(reinterpret_cast<const char*>(entries.data()), entries.size() * sizeof(Entry));
  head.crc = crc_of(head, tail);
  return std::string(reinterpret_cast<const char*>(&head), sizeof head).append(tail);
}

std::optional<Manifest> decode_manifest(std::string_view bytes) {
  Head head;
  if (bytes.size() < sizeof head) return std::nullopt;
  std::memcpy(static_cast<void*>(&head), bytes.data(), sizeof head);
  const std::string_view tail = bytes.substr(sizeof head);
  if (head.magic != kMagic || head.version != kManifestVersion) return std::nullopt;
  if (tail.size() != head.runs * sizeof(Entry) || head.crc != crc_of(head, tail)) return std::nullopt;
  Manifest manifest{head.partition, head.source, head.next, head.next_sequence, {}};
  for (size_t i = 0; i < head.runs; ++i) {
    Entry entry;
    std::memcpy(static_cast<void*>(&entry), tail.data() + i * sizeof entry, sizeof entry);
    manifest.runs.push_back({entry.sequence, entry.bytes, entry.crc});
  }
  return manifest;
}

}  // namespace gm::behavior
