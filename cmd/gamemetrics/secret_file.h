#pragma once
// Secrets of the operator's: in files, because every user of the machine can read a command line.

#include <string>

#include "lib/base/result.h"
#include "lib/io/file.h"

namespace gm::gamemetrics {

// The first line of the file. Errors: gm-io-*.
Result<std::string> read_secret_file(io::FileSystem& files, const std::string& path);

}  // namespace gm::gamemetrics
