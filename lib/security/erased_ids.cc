#include "lib/security/erased_ids.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <cstring>

namespace gm::security {
namespace {

constexpr uint64_t kFnvBasis = 14695981039346656037ull;
constexpr uint64_t kFnvPrime = 1099511628211ull;

}  // namespace

std::string make_erasure_key(Random& random) {
  std::string key;
  while (key.size() < kErasureKeyBytes) {
    const uint64_t bits = random.next_u64();
    key.append(reinterpret_cast<const char*>(&bits), sizeof bits);
  }
  return key;
}

ErasedIds::ErasedIds(std::string key) : key_(std::move(key)), projects_(std::make_shared<const Projects>()) {
  std::memcpy(&seed_, key_.data(), std::min(sizeof seed_, key_.size()));
}

uint16_t ErasedIds::tag_of(ProjectId project, std::string_view id) const {
  uint64_t sum = kFnvBasis ^ seed_ ^ (uint64_t{project.value()} << 32);
  for (const char c : id) sum = (sum ^ static_cast<unsigned char>(c)) * kFnvPrime;
  return static_cast<uint16_t>(sum >> 48 ^ sum >> 24 ^ sum);
}

std::string ErasedIds::hash_of(ProjectId project, std::string_view id) const {
  const std::string text = std::to_string(project.value()) + '\n' + std::string(id);
  std::string hash(EVP_MAX_MD_SIZE, '\0');
  unsigned int bytes = 0;
  HMAC(EVP_sha256(), key_.data(), static_cast<int>(key_.size()), reinterpret_cast<const unsigned char*>(text.data()),
       text.size(), reinterpret_cast<unsigned char*>(hash.data()), &bytes);
  hash.resize(bytes);
  return hash;
}

ErasedMark ErasedIds::mark_of(ProjectId project, std::string_view id) const {
  return {hash_of(project, id), tag_of(project, id)};
}

void ErasedIds::put(ProjectId project, std::shared_ptr<Marks> grown, const std::vector<ErasedMark>& marks) {
  for (const ErasedMark& mark : marks) {
    grown->hashes.insert(mark.hash);
    grown->tags[mark.tag] = true;
  }
  auto projects = std::make_shared<Projects>(*projects_.load());
  if (grown->hashes.empty()) {
    projects->erase(project);
  } else {
    (*projects)[project] = std::move(grown);
  }
  projects_.store(std::move(projects));
}

void ErasedIds::add(ProjectId project, const std::vector<ErasedMark>& marks) {
  const std::lock_guard lock(adding_);
  const auto known = marks_of(project);
  put(project, known ? std::make_shared<Marks>(*known) : std::make_shared<Marks>(), marks);
}

void ErasedIds::replace(ProjectId project, const std::vector<ErasedMark>& marks) {
  const std::lock_guard lock(adding_);
  put(project, std::make_shared<Marks>(), marks);
}

std::shared_ptr<const ErasedIds::Marks> ErasedIds::marks_of(ProjectId project) const {
  const auto projects = projects_.load();
  const auto found = projects->find(project);
  return found == projects->end() ? nullptr : found->second;
}

bool ErasedIds::any(ProjectId project) const { return marks_of(project) != nullptr; }

bool ErasedIds::holds(ProjectId project, std::string_view id) const {
  const auto marks = marks_of(project);
  return marks && marks->tags[tag_of(project, id)] && marks->hashes.contains(hash_of(project, id));
}

}  // namespace gm::security
