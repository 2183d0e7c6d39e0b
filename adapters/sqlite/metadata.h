#pragma once
// Projects and keys in one SQLite file (WAL, synchronous=FULL): what it has acknowledged survives power loss.
// Several processes may open the file at once, e.g. a running server and `gamemetrics key create`.

#include <memory>
#include <string>

#include "lib/identity/identity_store.h"
#include "lib/store/metadata_store.h"
#include "lib/store/project_changes.h"
#include "lib/store/schema_declarations.h"

namespace gm::sqlite {

// Creates the file and its schema if absent; migrates forward. Errors: gm-metadata-unavailable, gm-metadata-too-new
// (made by a later version).
Result<std::unique_ptr<store::MetadataStore>> open_metadata(const std::string& path);
// The same file.
Result<std::unique_ptr<store::ProjectChanges>> open_project_changes(const std::string& path);
Result<std::unique_ptr<store::SchemaDeclarations>> open_schema_declarations(const std::string& path);
Result<std::unique_ptr<identity::IdentityStore>> open_identity(const std::string& path);
// Would open_metadata() succeed on this file, and is the file whole? Changes nothing in it. Errors: as above.
Status check_metadata(const std::string& path);
// A copy of this or another SQLite file as of one moment, which may be in use by others; `to` does not exist.
Status copy_database(const std::string& from, const std::string& to);

}  // namespace gm::sqlite
