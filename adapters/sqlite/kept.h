#pragma once
// What people keep about their projects, in a SQLite file of its own (WAL, synchronous=FULL).

#include <memory>
#include <string>

#include "lib/store/kept_store.h"

namespace gm::sqlite {

// Creates the file and its schema if absent. Errors: gm-metadata-unavailable, gm-metadata-too-new.
Result<std::unique_ptr<store::KeptStore>> open_kept(const std::string& path);

}  // namespace gm::sqlite
