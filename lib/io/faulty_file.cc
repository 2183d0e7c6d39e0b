#include "lib/io/faulty_file.h"

#include <algorithm>
#include <cassert>

namespace gm::io {
namespace {

constexpr size_t kSector = 512;

Error failure(std::string_view code, std::string_view what) { return {std::string(code), std::string(what)}; }

std::string joined(std::span<const std::string_view> parts) {
  std::string bytes;
  for (const std::string_view part : parts) bytes += part;
  return bytes;
}

}  // namespace

class FaultyFileSystem::Handle final : public File {
 public:
  Handle(FaultyFileSystem& owner, std::shared_ptr<Inode> inode, bool writable)
      : owner_(owner), inode_(std::move(inode)), generation_(owner.generation_), writable_(writable) {}

  Result<size_t> read_at(std::span<char> out, uint64_t offset) override {
    const std::lock_guard guard(owner_.mutex_);
    if (Status entered = enter(false); !entered) return entered.error();
    const std::string& bytes = inode_->current;
    if (offset >= bytes.size()) return size_t{0};
    const size_t n = std::min<size_t>(out.size(), bytes.size() - offset);
    std::copy_n(bytes.data() + offset, n, out.data());
    return n;
  }

  Status write_at(std::span<const std::string_view> parts, uint64_t offset) override {
    const std::lock_guard guard(owner_.mutex_);
    if (!writable_) return failure(kFailed, "write to a file opened for reading");
    if (generation_ != owner_.generation_) return failure(kFailed, "handle from before the power loss");
    return owner_.write(*inode_, parts, offset);
  }

  Status sync_data() override {
    const std::lock_guard guard(owner_.mutex_);
    if (generation_ != owner_.generation_) return failure(kFailed, "handle from before the power loss");
    return owner_.sync(*inode_);
  }

  Status truncate(uint64_t size) override {
    const std::lock_guard guard(owner_.mutex_);
    if (Status entered = enter(false); !entered) return entered;
    Change change{true, size, {}};
    apply(change, inode_->current);
    inode_->unsynced.push_back(std::move(change));
    return {};
  }

  Result<uint64_t> size() override {
    const std::lock_guard guard(owner_.mutex_);
    if (Status entered = enter(false); !entered) return entered.error();
    return uint64_t{inode_->current.size()};
  }

 private:
  Status enter(bool needs_space) {
    if (generation_ != owner_.generation_) return failure(kFailed, "handle from before the power loss");
    return owner_.enter(needs_space);
  }

  FaultyFileSystem& owner_;
  std::shared_ptr<Inode> inode_;
  uint64_t generation_;
  bool writable_;
};

class FaultyFileSystem::Copy final : public Mapping {
 public:
  explicit Copy(std::string bytes) : bytes_(std::move(bytes)) {}
  std::string_view bytes() const override { return bytes_; }

 private:
  std::string bytes_;
};

class FaultyFileSystem::Lock final : public FileLock {
 public:
  Lock(FaultyFileSystem& owner, std::string path)
      : owner_(owner), path_(std::move(path)), generation_(owner.generation_) {}
  ~Lock() override {
    const std::lock_guard guard(owner_.mutex_);
    if (generation_ == owner_.generation_) owner_.locks_.erase(path_);
  }

 private:
  FaultyFileSystem& owner_;
  std::string path_;
  uint64_t generation_;
};

void FaultyFileSystem::fail_call(uint64_t k, Fault fault) {
  const std::lock_guard guard(mutex_);
  calls_ = 0;
  fault_at_ = k;
  fault_ = fault;
}

uint64_t FaultyFileSystem::calls() const {
  const std::lock_guard guard(mutex_);
  return calls_;
}

void FaultyFileSystem::set_capacity(uint64_t bytes) {
  const std::lock_guard guard(mutex_);
  capacity_ = bytes;
}

void FaultyFileSystem::lose_power() {
  const std::lock_guard guard(mutex_);
  powered_ = false;
}

void FaultyFileSystem::restart() {
  const std::lock_guard guard(mutex_);
  ++generation_;
  powered_ = true;
  fault_at_ = 0;
  locks_.clear();
  // A journalling file system keeps a prefix of the name changes; one without keeps any of them.
  const bool in_order = random_.below(2) == 0;
  size_t prefix = random_.below(unsynced_names_.size() + 1);
  for (size_t i = 0; i < unsynced_names_.size(); ++i) {
    if (in_order ? i < prefix : random_.below(2) == 0) apply(unsynced_names_[i], durable_names_);
  }
  unsynced_names_.clear();
  names_ = durable_names_;
  for (auto& [path, inode] : names_) survive(*inode);
}

// Draws what is left of one file's unsynced bytes.
void FaultyFileSystem::survive(Inode& inode) {
  const uint64_t way = random_.below(4);
  const size_t prefix = inode.unsynced.empty() ? 0 : random_.below(inode.unsynced.size() + 1);
  for (size_t i = 0; i < inode.unsynced.size(); ++i) {
    Change& change = inode.unsynced[i];
    if (way == 0) break;
    if (way == 1 || change.truncates || (way == 2 && i < prefix)) {
      apply(change, inode.durable);
    } else if (way == 2) {
      change.bytes.resize(random_.below(change.bytes.size() + 1));
      apply(change, inode.durable);
      break;
    } else {
      for (size_t at = 0; at < change.bytes.size(); at += kSector) {
        if (random_.below(2) == 0) continue;
        apply({false, change.offset + at, change.bytes.substr(at, kSector)}, inode.durable);
      }
    }
  }
  inode.unsynced.clear();
  inode.current = inode.durable;
}

void FaultyFileSystem::flip_bit(const std::string& path, uint64_t byte, unsigned bit) {
  const std::lock_guard guard(mutex_);
  Inode& inode = *names_.at(path);
  for (std::string* bytes : {&inode.current, &inode.durable}) {
    if (byte < bytes->size()) (*bytes)[byte] = static_cast<char>((*bytes)[byte] ^ (1u << (bit % 8)));
  }
}

void FaultyFileSystem::put(const std::string& path, std::string_view content) {
  const std::lock_guard guard(mutex_);
  auto inode = std::make_shared<Inode>();
  inode->current = inode->durable = content;
  names_[path] = inode;
  durable_names_[path] = inode;
  for (std::string parent = parent_directory(path); parent.size() > 1; parent = parent_directory(parent)) {
    directories_.insert(parent);
  }
}

std::string FaultyFileSystem::content(const std::string& path) const {
  const std::lock_guard guard(mutex_);
  return names_.at(path)->current;
}

bool FaultyFileSystem::exists(const std::string& path) const {
  const std::lock_guard guard(mutex_);
  return names_.contains(path);
}

Result<std::unique_ptr<File>> FaultyFileSystem::open(const std::string& path, OpenMode mode) {
  const std::lock_guard guard(mutex_);
  const bool creates = mode == OpenMode::create;
  if (Status entered = enter(creates); !entered) return entered.error();
  auto found = names_.find(path);
  if (creates) {
    if (found != names_.end()) return failure(kExists, "create " + path + ": exists");
    if (!has_directory(parent_directory(path))) return failure(kNotFound, "create " + path + ": no such folder");
    if (used() >= capacity_) return failure(kNoSpace, "create " + path + ": no space");
    change_names({"", path, std::make_shared<Inode>()});
    found = names_.find(path);
  }
  if (found == names_.end()) return failure(kNotFound, "open " + path + ": no such file");
  return std::unique_ptr<File>(std::make_unique<Handle>(*this, found->second, mode != OpenMode::read));
}

Result<std::unique_ptr<Mapping>> FaultyFileSystem::map(const std::string& path) {
  const std::lock_guard guard(mutex_);
  if (Status entered = enter(false); !entered) return entered.error();
  const auto found = names_.find(path);
  if (found == names_.end()) return failure(kNotFound, "map " + path + ": no such file");
  return std::unique_ptr<Mapping>(std::make_unique<Copy>(found->second->current));
}

Status FaultyFileSystem::rename(const std::string& from, const std::string& to) {
  const std::lock_guard guard(mutex_);
  if (Status entered = enter(false); !entered) return entered;
  const auto found = names_.find(from);
  if (found == names_.end()) return failure(kNotFound, "rename " + from + ": no such file");
  change_names({from, to, found->second});
  return {};
}

Status FaultyFileSystem::remove(const std::string& path) {
  const std::lock_guard guard(mutex_);
  if (Status entered = enter(false); !entered) return entered;
  if (!names_.contains(path)) return failure(kNotFound, "remove " + path + ": no such file");
  change_names({path, "", nullptr});
  return {};
}

Result<std::vector<DirectoryEntry>> FaultyFileSystem::list(const std::string& path) {
  const std::lock_guard guard(mutex_);
  if (Status entered = enter(false); !entered) return entered.error();
  if (!has_directory(path)) return failure(kNotFound, "list " + path + ": no such folder");
  std::vector<DirectoryEntry> entries;
  for (const auto& [name, inode] : names_) {
    if (parent_directory(name) == path) entries.push_back({name.substr(name.rfind('/') + 1), false});
  }
  for (const std::string& name : directories_) {
    if (parent_directory(name) == path) entries.push_back({name.substr(name.rfind('/') + 1), true});
  }
  std::sort(entries.begin(), entries.end());
  return entries;
}

Status FaultyFileSystem::make_directories(const std::string& path) {
  const std::lock_guard guard(mutex_);
  if (Status entered = enter(!has_directory(path)); !entered) return entered;
  for (std::string folder = path; folder.size() > 1; folder = parent_directory(folder)) directories_.insert(folder);
  return {};
}

Status FaultyFileSystem::sync_directory(const std::string& path) {
  const std::lock_guard guard(mutex_);
  if (Status entered = enter(false); !entered) return entered;
  std::erase_if(unsynced_names_, [&](const NameChange& change) {
    const std::string& name = change.present.empty() ? change.gone : change.present;
    if (parent_directory(name) != path) return false;
    apply(change, durable_names_);
    return true;
  });
  return {};
}

Result<uint64_t> FaultyFileSystem::free_bytes(const std::string&) {
  const std::lock_guard guard(mutex_);
  if (Status entered = enter(false); !entered) return entered.error();
  const uint64_t taken = used();
  return taken >= capacity_ ? 0 : capacity_ - taken;
}

Result<std::unique_ptr<FileLock>> FaultyFileSystem::lock(const std::string& path) {
  const std::lock_guard guard(mutex_);
  if (Status entered = enter(false); !entered) return entered.error();
  if (!has_directory(parent_directory(path))) return failure(kNotFound, "lock " + path + ": no such folder");
  if (!locks_.insert(path).second) return failure(kLocked, "lock " + path + ": held by somebody else");
  if (!names_.contains(path)) change_names({"", path, std::make_shared<Inode>()});
  return std::unique_ptr<FileLock>(std::make_unique<Lock>(*this, path));
}

Status FaultyFileSystem::enter(bool needs_space, bool* leaves_part) {
  ++calls_;
  if (!powered_) return failure(kFailed, "the power is off");
  if (calls_ != fault_at_) return {};
  switch (fault_) {
    case Fault::io_error:
      if (leaves_part != nullptr) *leaves_part = random_.below(2) == 0;
      return failure(kFailed, "injected: input/output error");
    case Fault::no_space:
      if (!needs_space) return {};
      return failure(kNoSpace, "injected: no space left on device");
    case Fault::short_write:
      if (leaves_part == nullptr) return {};
      *leaves_part = true;
      return failure(kNoSpace, "injected: no space left on device");
    case Fault::power_loss:
      powered_ = false;
      if (leaves_part != nullptr) *leaves_part = true;
      return failure(kFailed, "injected: power loss");
  }
  return {};
}

bool FaultyFileSystem::has_directory(const std::string& path) const {
  return path == "/" || path == "." || directories_.contains(path);
}

uint64_t FaultyFileSystem::used() const {
  uint64_t bytes = 0;
  for (const auto& [path, inode] : names_) bytes += inode->current.size();
  return bytes;
}

void FaultyFileSystem::change_names(NameChange change) {
  apply(change, names_);
  unsynced_names_.push_back(std::move(change));
}

void FaultyFileSystem::apply(const NameChange& change, Names& names) {
  if (!change.gone.empty()) names.erase(change.gone);
  if (!change.present.empty()) names[change.present] = change.inode;
}

void FaultyFileSystem::apply(const Change& change, std::string& bytes) {
  if (change.truncates) {
    bytes.resize(change.offset, '\0');
    return;
  }
  if (change.bytes.empty()) return;
  if (bytes.size() < change.offset + change.bytes.size()) bytes.resize(change.offset + change.bytes.size(), '\0');
  bytes.replace(change.offset, change.bytes.size(), change.bytes);
}

Status FaultyFileSystem::write(Inode& inode, std::span<const std::string_view> parts, uint64_t offset) {
  bool leaves_part = false;
  Status entered = enter(true, &leaves_part);
  if (!entered && !leaves_part) return entered;
  Change change{false, offset, joined(parts)};
  if (leaves_part) change.bytes.resize(random_.below(change.bytes.size() + 1));
  const uint64_t end = offset + change.bytes.size();
  const uint64_t growth = end > inode.current.size() ? end - inode.current.size() : 0;
  const uint64_t taken = used();
  const uint64_t room = taken >= capacity_ ? 0 : capacity_ - taken;
  if (growth > room) {
    change.bytes.resize(change.bytes.size() - std::min<size_t>(change.bytes.size(), growth - room));
    if (entered.ok()) entered = failure(kNoSpace, "write: no space left on device");
  }
  apply(change, inode.current);
  inode.unsynced.push_back(std::move(change));
  return entered;
}

Status FaultyFileSystem::sync(Inode& inode) {
  if (Status entered = enter(false); !entered) {
    // Linux marks the pages clean after a failed write-back: a second sync succeeds and saves nothing. Only io_error
    // behaves so; without power the pages may still have arrived, which survive() decides.
    if (powered_) inode.unsynced.clear();
    return entered;
  }
  for (const Change& change : inode.unsynced) apply(change, inode.durable);
  inode.unsynced.clear();
  return {};
}

}  // namespace gm::io
