#pragma once
// The tables of the metadata's file: projects, keys, rates, declarations, people.

#include "adapters/sqlite/database.h"

namespace gm::sqlite {

extern const Schema kMetadataSchema;

}  // namespace gm::sqlite
