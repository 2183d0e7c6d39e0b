#pragma once
// Port: named blobs. Embedded: a directory. Distributed: S3.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/result.h"

namespace gm::store {

struct ObjectInfo {
  std::string name;
  uint64_t bytes = 0;
};

// Names are `/`-separated segments of [A-Za-z0-9._=-], no segment "." or "..", at most 512 bytes:
// gm-object-name-invalid otherwise. Other errors: gm-object-unknown, gm-object-store-unavailable.
class ObjectStore {
 public:
  virtual ~ObjectStore() = default;
  // Replaces the whole object atomically and durably.
  virtual Status put(std::string_view name, std::string_view bytes) = 0;
  // The same with the bytes of the file at `path`, a piece at a time: it may be larger than memory.
  virtual Status put_file(std::string_view name, const std::string& path) = 0;
  virtual Result<std::string> get(std::string_view name) = 0;
  // Its bytes from `offset` on, `bytes_max` at most; fewer only at its end.
  virtual Result<std::string> read(std::string_view name, uint64_t offset, size_t bytes_max) = 0;
  // Sorted by name.
  virtual Result<std::vector<ObjectInfo>> list(std::string_view prefix) = 0;
  // Removing what is not there succeeds.
  virtual Status remove(std::string_view name) = 0;
};

}  // namespace gm::store
