#pragma once
// GraphQL documents that a project has declared beforehand, each by its SHA-256.

#include <string>
#include <string_view>
#include <unordered_map>

#include "lib/base/ids.h"
#include "lib/base/result.h"
#include "lib/io/file.h"

namespace gm::analytics_api {

// SHA-256 in lower-case hexadecimal.
std::string document_hash(std::string_view text);

// What is declared. Unchanged once it is read.
class DeclaredDocuments {
 public:
  // `directory` holds a file "<project id>.json" for each project that declares any: an object of hashes and texts, as
  // the common generators write it. Empty: none. Errors: gm-graphql-persisted-invalid, those of io::FileSystem.
  static Result<DeclaredDocuments> read(const std::string& directory, io::FileSystem& files);
  // One such file.
  Status add(ProjectId project, std::string_view json);
  // nullptr when it is not declared.
  const std::string* find(ProjectId project, const std::string& hash) const;

 private:
  std::unordered_map<ProjectId, std::unordered_map<std::string, std::string>> by_project_;
};

}  // namespace gm::analytics_api
