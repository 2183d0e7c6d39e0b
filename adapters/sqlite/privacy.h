#pragma once
// Privacy requests and the list of the erased, in one SQLite file (WAL, synchronous=FULL, secure_delete).

#include <memory>
#include <string>

#include "lib/base/random.h"
#include "lib/store/privacy_store.h"

namespace gm::sqlite {

// Creates the file, its schema and its key if absent. Errors: gm-metadata-unavailable, gm-metadata-too-new.
Result<std::unique_ptr<store::PrivacyStore>> open_privacy(const std::string& path, Random& random);

}  // namespace gm::sqlite
