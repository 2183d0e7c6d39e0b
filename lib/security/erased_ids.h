#pragma once
// The ids of erased players, and of those who are kept out for a time, by a keyed hash: whoever has the list cannot
// read from it who they are, and what is sent under such an id can still be told.

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "lib/base/ids.h"
#include "lib/base/random.h"

namespace gm::security {

// What is kept of an erased id.
struct ErasedMark {
  std::string hash;  // HMAC-SHA256 of project and id, 32 bytes
  // 16 bits of a cheap keyed sum: an id whose tag no erased one has needs no hash, and nearly every id is such a one.
  uint16_t tag = 0;
};

inline constexpr size_t kErasureKeyBytes = 32;
std::string make_erasure_key(Random& random);

// Reading is lock-free; every method may be called from any thread.
class ErasedIds {
 public:
  explicit ErasedIds(std::string key);

  ErasedMark mark_of(ProjectId project, std::string_view id) const;
  void add(ProjectId project, const std::vector<ErasedMark>& marks);
  // These and no others are the project's from now on.
  void replace(ProjectId project, const std::vector<ErasedMark>& marks);
  // False: nobody of the project was erased, so that there is nothing to look for.
  bool any(ProjectId project) const;
  bool holds(ProjectId project, std::string_view id) const;

 private:
  struct Marks {
    std::unordered_set<std::string> hashes;
    std::vector<bool> tags = std::vector<bool>(1 << 16);
  };
  using Projects = std::map<ProjectId, std::shared_ptr<const Marks>>;

  uint16_t tag_of(ProjectId project, std::string_view id) const;
  std::string hash_of(ProjectId project, std::string_view id) const;
  std::shared_ptr<const Marks> marks_of(ProjectId project) const;
  // With adding_ held.
  void put(ProjectId project, std::shared_ptr<Marks> grown, const std::vector<ErasedMark>& marks);

  const std::string key_;
  uint64_t seed_ = 0;
  std::mutex adding_;
  std::atomic<std::shared_ptr<const Projects>> projects_;
};

}  // namespace gm::security
