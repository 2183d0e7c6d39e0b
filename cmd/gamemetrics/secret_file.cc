#include "cmd/gamemetrics/secret_file.h"

#include <algorithm>

namespace gm::gamemetrics {
namespace {
constexpr uint64_t kBytesMax = 4096;
}

Result<std::string> read_secret_file(io::FileSystem& files, const std::string& path) {
  auto text = io::read_file(files, path, kBytesMax);
  if (text) text->resize(std::min(text->find_first_of("\r\n"), text->size()));
  return text;
}

}  // namespace gm::gamemetrics
