#include "lib/behavior/index_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "lib/behavior/manifest.h"

namespace gm::behavior {
namespace {

std::optional<log::Partition> partition_of(const io::DirectoryEntry& entry) {
  log::Partition partition = 0;
  const char* end = entry.name.data() + entry.name.size();
  const auto [at, failure] = std::from_chars(entry.name.data(), end, partition);
  if (!entry.is_directory || failure != std::errc() || at != end) return std::nullopt;
  return partition;
}

Status check_run(io::FileSystem& files, const std::string& path, const RunId& id, uint64_t& events) {
  const auto run = open_run(files, path, id);
  if (!run) return run.error();
  for (const HeldSectionPtr& section : (*run)->sections) {
    if (Status verified = section->section().verify(ColumnSet::all()); !verified)
      return Error{verified.error().code, path + ": " + verified.error().message};
  }
  events += (*run)->rows;
  return {};
}

Result<IndexFinding> check_partition(io::FileSystem& files, const std::string& directory, log::Partition partition) {
  IndexFinding finding{partition, 0, 0, ""};
  const auto bytes = io::read_file(files, directory + "/" + std::string(kManifestName), kManifestBytesMax);
  if (!bytes && bytes.error().code != io::kNotFound) return bytes.error();
  const auto manifest = bytes ? decode_manifest(*bytes) : std::nullopt;
  if (!manifest || manifest->partition != partition) {
    finding.problem = fmt::format("{}/{} {}", directory, kManifestName, bytes ? "cannot be read" : "is missing");
    return finding;
  }
  finding.next = manifest->next;
  for (const RunId& id : manifest->runs) {
    const Status checked = check_run(files, directory + "/" + run_name(id.sequence), id, finding.events);
    if (!checked && checked.error().code != kCorrupt) return checked.error();
    if (!checked) finding.problem = checked.error().message;
  }
  return finding;
}

}  // namespace

Result<std::vector<IndexFinding>> check_index(io::FileSystem& files, const std::string& directory) {
  std::vector<IndexFinding> findings;
  const auto entries = files.list(directory);
  if (!entries && entries.error().code == io::kNotFound) return findings;
  if (!entries) return entries.error();
  for (const io::DirectoryEntry& entry : *entries) {
    const auto partition = partition_of(entry);
    if (!partition) continue;
    auto finding = check_partition(files, directory + "/" + entry.name, *partition);
    if (!finding) return finding.error();
    findings.push_back(std::move(*finding));
  }
  return findings;
}

}  // namespace gm::behavior
