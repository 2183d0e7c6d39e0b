#pragma once
// The key that secrets are sealed with which have to be read again (lib/identity/seal.h).

#include <string>

#include "lib/base/random.h"
#include "lib/base/result.h"
#include "lib/config/settings.h"
#include "lib/io/file.h"

namespace gm::gamemetrics {

// The first line of users.sealing_key_file; when that is empty, of sealing.key in data_dir, which is made when it is
// not there. Errors: gm-config-invalid-value (a file that cannot be read, or a key that is too short), gm-io-*.
Result<std::string> load_sealing_key(const config::Settings& settings, io::FileSystem& files, Random& random);

}  // namespace gm::gamemetrics
