#pragma once
// Which runs make up a partition's index, and up to where in the log. docs/formats/behavior-index.md.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/behavior/run_file.h"
#include "lib/log/event_log.h"

namespace gm::behavior {

inline constexpr uint32_t kManifestVersion = 1;
inline constexpr std::string_view kManifestName = "MANIFEST";
inline constexpr uint64_t kManifestBytesMax = 16 << 20;

struct Manifest {
  log::Partition partition = 0;
  uint64_t source = 0;         // of which store the player keys are
  log::Offset next = 0;        // events below it are in the runs
  uint64_t next_sequence = 1;  // higher than that of every run so far
  std::vector<RunId> runs;
};

std::string encode(const Manifest& manifest);
// nullopt: damaged, or of another version.
std::optional<Manifest> decode_manifest(std::string_view bytes);

}  // namespace gm::behavior
