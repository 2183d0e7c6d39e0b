#include "lib/behavior/partition_index.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>

namespace gm::behavior {
namespace {

bool is_stopped(const std::function<bool()>& stopped) { return stopped && stopped(); }

Error stopped_error() { return {std::string(kInvalid), "stopped"}; }

}  // namespace

IdentityPtr Identities::of(ProjectId project) const {
  const std::lock_guard lock(mutex_);
  const auto found = identities_.find(project);
  return found == identities_.end() ? nullptr : found->second;
}

void Identities::set(ProjectId project, IdentityPtr identity) {
  const std::lock_guard lock(mutex_);
  identities_[project] = std::move(identity);
}

std::vector<ProjectId> Identities::projects() const {
  const std::lock_guard lock(mutex_);
  std::vector<ProjectId> all;
  for (const auto& [project, identity] : identities_) all.push_back(project);
  return all;
}

Result<std::unique_ptr<PartitionIndex>> PartitionIndex::open(io::FileSystem& files, const Identities& identities,
                                                             const Place& place, const IndexLimits& limits) {
  std::unique_ptr<PartitionIndex> index(new PartitionIndex(files, identities, place, limits));
  if (Status made = files.make_directories(place.directory); !made) return made.error();
  if (Status recovered = index->recover(); !recovered) return recovered.error();
  return index;
}

Status PartitionIndex::recover() {
  const auto bytes = io::read_file(files_, path_of(kManifestName), kManifestBytesMax);
  if (!bytes && bytes.error().code != io::kNotFound) return bytes.error();
  opened_ = bytes.ok() ? Opened::dropped : Opened::fresh;
  const auto manifest = bytes.ok() ? decode_manifest(*bytes) : std::nullopt;
  if (manifest) next_sequence_ = manifest->next_sequence;
  if (manifest && manifest->source == place_.source && manifest->partition == place_.partition) {
    const auto read = read_runs(*manifest);
    if (!read) return read.error();
    if (*read) {
      opened_ = Opened::resumed;
      next_ = durable_next_ = published_next_ = manifest->next;
      must_publish_ = false;
    }
  }
  return remove_all_but(runs_);
}

// False: a run is not what the manifest says.
Result<bool> PartitionIndex::read_runs(const Manifest& manifest) {
  std::vector<RunPtr> found;
  for (const RunId& id : manifest.runs) {
    auto run = open_run(files_, path_of(run_name(id.sequence)), id);
    if (!run && run.error().code != kCorrupt) return run.error();
    if (!run) return false;
    found.push_back(std::move(*run));
  }
  runs_ = std::move(found);
  return true;
}

// Files of runs that were never published, or are no longer.
Status PartitionIndex::remove_all_but(const std::vector<RunPtr>& kept) {
  const auto entries = files_.list(place_.directory);
  if (!entries) return entries.error();
  for (const io::DirectoryEntry& entry : *entries) {
    if (!entry.name.ends_with(".run")) continue;
    // A file without a manifest has a number that must not be given again while it may come back.
    const uint64_t sequence = std::strtoull(entry.name.c_str(), nullptr, 10);
    next_sequence_ = std::max(next_sequence_, sequence + 1);
    const bool wanted = std::any_of(kept.begin(), kept.end(),
                                    [&](const RunPtr& run) { return run_name(run->id.sequence) == entry.name; });
    if (wanted) continue;
    if (Status removed = files_.remove(path_of(entry.name)); !removed) return removed;
  }
  return {};
}

log::Offset PartitionIndex::next() const {
  const std::lock_guard lock(mutex_);
  return next_;
}

void PartitionIndex::apply(log::Offset from, log::Offset next, std::span<const store::EventRow> rows) {
  const std::lock_guard lock(mutex_);
  behind_ = from > next_;
  if (behind_ || next <= next_) return;
  for (const store::EventRow& row : rows) {
    if (row.log_offset < next_ || row.log_offset >= next || row.log_partition != place_.partition) continue;
    auto tail = tails_.find(row.project);
    if (tail == tails_.end())
      tail = tails_.emplace(row.project, EventTail({row.project.value(), place_.partition})).first;
    tail->second.add(row);
    ++tail_rows_;
  }
  next_ = next;
  if (tail_bytes() > limits_.memory_max) give_up_memory();
}

// The disk takes nothing, or too slowly: the events can be read from the store later.
void PartitionIndex::give_up_memory() {
  tails_.clear();
  tail_rows_ = 0;
  next_ = durable_next_;
  ++given_up_;
}

uint64_t PartitionIndex::tail_bytes() const {
  uint64_t bytes = 0;
  for (const auto& [project, tail] : tails_) bytes += tail.bytes();
  return bytes;
}

Status PartitionIndex::collect(ProjectId project, const IdentityPtr& identity, Snapshot& into) const {
  std::vector<HeldSectionPtr> sections;
  {
    const std::lock_guard lock(mutex_);
    if (behind_) return Error{std::string(kBehind), "the behaviour index is being fed with events it lacks"};
    for (const RunPtr& run : runs_) {
      for (const HeldSectionPtr& section : run->sections) {
        if (section->section().header().project == project.value()) sections.push_back(section);
      }
    }
    if (const auto tail = tails_.find(project); tail != tails_.end()) {
      tail->second.fold();
      tail->second.for_each([&](const HeldSectionPtr& section) { sections.push_back(section); });
    }
    into.positions.push_back({place_.partition, next_});
  }
  // Later events mostly lie in later sections then.
  std::sort(sections.begin(), sections.end(), [](const HeldSectionPtr& a, const HeldSectionPtr& b) {
    return a->section().header().offset_base < b->section().header().offset_base;
  });
  for (const HeldSectionPtr& section : sections) {
    auto source = section->source(identity);
    if (!source) return source.error();
    into.sources.push_back(std::move(*source));
  }
  return {};
}

Status PartitionIndex::publish(const std::vector<RunPtr>& runs, log::Offset next) {
  Manifest manifest{place_.partition, place_.source, next, next_sequence_, {}};
  for (const RunPtr& run : runs) manifest.runs.push_back(run->id);
  // The names of the runs before the name of the manifest.
  if (Status synced = files_.sync_directory(place_.directory); !synced) return synced;
  must_publish_ = true;
  if (Status replaced = io::replace_file(files_, path_of(kManifestName), encode(manifest)); !replaced) return replaced;
  must_publish_ = false;
  published_next_ = next;
  return {};
}

// By project; the sections of one project stay together.
Result<std::vector<RunPart>> PartitionIndex::parts_of(const std::vector<HeldSectionPtr>& sections) const {
  std::map<uint32_t, RunPart> parts;
  for (const HeldSectionPtr& section : sections) {
    const uint32_t project = section->section().header().project;
    const auto [part, added] = parts.try_emplace(project);
    if (added) part->second.identity = identities_.of(ProjectId::from_stored(project));
    auto source = section->source(part->second.identity);
    if (!source) return source.error();
    part->second.sources.push_back(std::move(*source));
  }
  std::vector<RunPart> result;
  for (auto& [project, part] : parts) result.push_back(std::move(part));
  return result;
}

std::vector<RunPtr> PartitionIndex::runs() const {
  const std::lock_guard lock(mutex_);
  return runs_;
}

Status PartitionIndex::flush(const std::function<bool()>& stopped) {
  const std::lock_guard maintenance(maintenance_);
  return write_tails(stopped);
}

Status PartitionIndex::write_tails(const std::function<bool()>& stopped) {
  std::vector<HeldSectionPtr> sections;
  log::Offset next = 0;
  uint64_t given_up = 0;
  {
    const std::lock_guard lock(mutex_);
    given_up = given_up_;
    for (auto& [project, tail] : tails_) {
      tail.fold();
      const auto& taken = tail.take();
      sections.insert(sections.end(), taken.begin(), taken.end());
    }
    next = next_;
    tail_rows_ = 0;
  }
  if (sections.empty() && next == published_next_ && !must_publish_) return {};
  auto written = [&]() -> Result<RunPtr> {
    if (sections.empty()) return RunPtr();
    const auto parts = parts_of(sections);
    if (!parts) return parts.error();
    const uint64_t sequence = next_sequence_++;
    const std::string path = path_of(run_name(sequence));
    const auto id = write_run(files_, path, sequence, *parts, stopped);
    if (!id) return id.error();
    return id->bytes == 0 ? RunPtr() : open_run(files_, path, *id);
  }();
  std::vector<RunPtr> all = runs();
  if (written.ok() && *written) all.push_back(*written);
  const Status done = written.ok() ? publish(all, next) : Status(written.error());
  const std::lock_guard lock(mutex_);
  finish_tails(done.ok());
  if (!done.ok()) return done;
  runs_ = all;
  durable_next_ = next;
  // What was fed again since memory was given up may be in the run as well.
  if (given_up != given_up_) give_up_memory();
  return done;
}

void PartitionIndex::finish_tails(bool written) {
  for (auto& [project, tail] : tails_) {
    if (written) {
      tail.written();
    } else {
      tail.keep();
    }
  }
  std::erase_if(tails_, [](const auto& entry) { return entry.second.rows() == 0; });
  tail_rows_ = 0;
  for (const auto& [project, tail] : tails_) tail_rows_ += tail.rows();
}

// Merges `old` runs into one, by what the identities are now.
Status PartitionIndex::replace(const std::vector<RunPtr>& old, const std::function<bool()>& stopped) {
  std::vector<HeldSectionPtr> sections;
  for (const RunPtr& run : old) sections.insert(sections.end(), run->sections.begin(), run->sections.end());
  const auto parts = parts_of(sections);
  if (!parts) return parts.error();
  const uint64_t sequence = next_sequence_++;
  const std::string path = path_of(run_name(sequence));
  const auto id = write_run(files_, path, sequence, *parts, stopped);
  if (!id) {
    // Nothing refers to it; what cannot be removed now is removed at the next start.
    (void)files_.remove(path);
    return id.error();
  }
  std::vector<RunPtr> all = runs();
  std::erase_if(all, [&](const RunPtr& run) { return std::find(old.begin(), old.end(), run) != old.end(); });
  if (id->bytes != 0) {
    auto run = open_run(files_, path, *id);
    if (!run) return run.error();
    all.push_back(std::move(*run));
  }
  if (Status published = publish(all, published_next_); !published) return published;
  {
    const std::lock_guard lock(mutex_);
    runs_ = all;
  }
  return remove_all_but(all);
}

// Those with events that their player must no longer have: taken back merges, and erased players.
Result<std::vector<RunPtr>> PartitionIndex::runs_to_rewrite() const {
  std::vector<RunPtr> result;
  for (const RunPtr& run : runs()) {
    bool needed = false;
    for (const HeldSectionPtr& section : run->sections) {
      const auto source = section->source(identities_.of(ProjectId::from_stored(section->section().header().project)));
      if (!source) return source.error();
      needed = needed || (source->remap && (source->remap->stale || source->remap->erased));
    }
    if (needed) result.push_back(run);
  }
  return result;
}

// A link more never asks for it, and links come with every batch.
Status PartitionIndex::rewrite(const std::function<bool()>& stopped) {
  std::map<ProjectId, uint64_t> epochs;
  for (const ProjectId project : identities_.projects()) {
    const IdentityPtr identity = identities_.of(project);
    epochs[project] = identity ? identity->epoch() : 0;
  }
  if (epochs == rewritten_for_) return {};
  const auto rewritten = runs_to_rewrite();
  if (!rewritten) return rewritten.error();
  for (const RunPtr& run : *rewritten) {
    if (Status replaced = replace({run}, stopped); !replaced) return replaced;
  }
  rewritten_for_ = epochs;
  return {};
}

// The smallest level that is full, with everything below it.
std::vector<RunPtr> PartitionIndex::runs_to_merge() const {
  std::vector<RunPtr> all = runs();
  std::sort(all.begin(), all.end(), [](const RunPtr& a, const RunPtr& b) { return a->rows < b->rows; });
  const auto level = [&](const RunPtr& run) {
    const uint64_t times = run->rows / std::max<uint64_t>(1, limits_.tail_rows);
    uint64_t bound = 1;
    int result = 0;
    for (; bound <= times; bound *= limits_.runs_per_level) ++result;
    return result;
  };
  size_t begin = 0;
  uint64_t rows = 0;
  for (size_t i = 0; i < all.size(); ++i) {
    rows += all[i]->rows;
    if (rows > kRowsMax) break;
    if (i > 0 && level(all[i]) != level(all[i - 1])) begin = i;
    const bool is_last = i + 1 == all.size() || level(all[i + 1]) != level(all[i]);
    if (is_last && i + 1 - begin >= limits_.runs_per_level) {
      all.resize(i + 1);
      return all;
    }
  }
  return {};
}

Result<bool> PartitionIndex::maintain(const std::function<bool()>& stopped) {
  const std::lock_guard maintenance(maintenance_);
  bool full = false;
  {
    const std::lock_guard lock(mutex_);
    full = tail_rows_ >= limits_.tail_rows || tail_bytes() > limits_.memory_max / 2;
    if (!full) {
      for (auto& [project, tail] : tails_) tail.fold();
    }
  }
  if (is_stopped(stopped)) return stopped_error();
  if (full) {
    if (Status written = write_tails(stopped); !written) return written.error();
    return true;
  }
  if (Status rewritten = rewrite(stopped); !rewritten) return rewritten.error();
  const auto merged = runs_to_merge();
  if (merged.empty()) return false;
  if (Status replaced = replace(merged, stopped); !replaced) return replaced.error();
  return true;
}

Status PartitionIndex::compact(const std::function<bool()>& stopped) {
  const std::lock_guard maintenance(maintenance_);
  if (Status written = write_tails(stopped); !written) return written;
  const auto all = runs();
  return all.size() < 2 ? Status{} : replace(all, stopped);
}

Status PartitionIndex::drop() {
  const std::lock_guard maintenance(maintenance_);
  {
    const std::lock_guard lock(mutex_);
    runs_.clear();
    durable_next_ = 0;
    give_up_memory();
    behind_ = true;
  }
  if (Status published = publish({}, 0); !published) return published;
  return remove_all_but({});
}

PartitionIndex::Facts PartitionIndex::facts() const {
  const std::lock_guard lock(mutex_);
  Facts facts;
  for (const RunPtr& run : runs_) {
    facts.rows_on_disk += run->rows;
    facts.bytes_on_disk += run->id.bytes;
  }
  facts.runs = runs_.size();
  for (const auto& [project, tail] : tails_) facts.rows_in_memory += tail.rows();
  facts.bytes_in_memory = tail_bytes();
  facts.behind = behind_;
  return facts;
}

}  // namespace gm::behavior
