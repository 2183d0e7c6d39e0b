#pragma once
// Objects as files below one directory.

#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "lib/io/file.h"
#include "lib/store/object_store.h"

namespace gm::embedded {

// put() is atomic and durable (write aside, sync, rename, sync the folder). Safe from several threads for different
// names; of two simultaneous puts of one name, one wins as a whole.
class DirectoryObjects final : public store::ObjectStore {
 public:
  DirectoryObjects(io::FileSystem& files, std::string directory) : files_(files), directory_(std::move(directory)) {}

  Status put(std::string_view name, std::string_view bytes) override;
  Status put_file(std::string_view name, const std::string& path) override;
  Result<std::string> get(std::string_view name) override;
  Result<std::string> read(std::string_view name, uint64_t offset, size_t bytes_max) override;
  Result<std::vector<store::ObjectInfo>> list(std::string_view prefix) override;
  Status remove(std::string_view name) override;

 private:
  Status copy(const std::string& from, const std::string& to);
  Status collect(const std::string& folder, std::string_view prefix, std::vector<store::ObjectInfo>& objects);

  io::FileSystem& files_;
  std::string directory_;
  std::mutex put_mutex_;
};

}  // namespace gm::embedded
