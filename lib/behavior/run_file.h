#pragma once
// A run: sections of one log partition in one immutable file. docs/formats/behavior-index.md.

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "lib/base/result.h"
#include "lib/behavior/held_section.h"
#include "lib/behavior/identity.h"
#include "lib/io/file.h"

namespace gm::behavior {

inline constexpr uint32_t kRunVersion = 1;
inline constexpr size_t kRunTrailerBytes = 32;
inline constexpr size_t kRunEntryBytes = 24;

// How the manifest knows a run.
struct RunId {
  uint64_t sequence = 0;  // its name; never given twice
  uint64_t bytes = 0;     // of the file
  uint32_t crc = 0;       // of its directory and trailer
  auto operator<=>(const RunId&) const = default;
};

struct Run {
  RunId id;
  std::vector<HeldSectionPtr> sections;
  uint64_t rows = 0;
};
using RunPtr = std::shared_ptr<const Run>;

std::string run_name(uint64_t sequence);  // "00000000000000000007.run"

// One project's sections to be merged into a run.
struct RunPart {
  std::vector<Source> sources;  // not empty; of one project
  IdentityPtr identity;         // the one the sources are remapped by; may be null
};

// Writes and syncs the file, not its name. bytes == 0: no event was left, and there is no file. Errors kCorrupt (a
// source's), kInvalid, lib/io's; then the file means nothing.
Result<RunId> write_run(io::FileSystem& files, const std::string& path, uint64_t sequence,
                        const std::vector<RunPart>& parts, const std::function<bool()>& stopped);
// Errors kCorrupt (also when the file is missing or not `id`) and lib/io's.
Result<RunPtr> open_run(io::FileSystem& files, const std::string& path, const RunId& id);

}  // namespace gm::behavior
