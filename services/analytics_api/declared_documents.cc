#include "services/analytics_api/declared_documents.h"

#include <fmt/format.h>

#include <charconv>
#include <utility>

#include "lib/graphql/input_value.h"
#include "lib/security/keys.h"

namespace gm::analytics_api {
namespace {

constexpr uint64_t kFileBytesMax = 64u << 20;
constexpr std::string_view kExtension = ".json";

Error invalid(std::string message) { return {"gm-graphql-persisted-invalid", std::move(message)}; }

}  // namespace

std::string document_hash(std::string_view text) {
  std::string hex;
  for (const char byte : security::hash_key(text)) {
    fmt::format_to(std::back_inserter(hex), "{:02x}", static_cast<unsigned char>(byte));
  }
  return hex;
}

Status DeclaredDocuments::add(ProjectId project, std::string_view json) {
  const auto read = graphql::parse_json(json);
  if (!read) return invalid("it is no JSON: " + read.error().message);
  if (read->kind != graphql::InputValue::Kind::object) return invalid("it is no object of hashes and documents");
  auto& documents = by_project_[project];
  for (const graphql::InputMember& member : read->members) {
    if (member.value.kind != graphql::InputValue::Kind::text) {
      return invalid(fmt::format("the document of {} is no string", member.name));
    }
    if (document_hash(member.value.text) != member.name) {
      return invalid(fmt::format("{} is not the SHA-256 of its document in lower-case hexadecimal", member.name));
    }
    documents.emplace(member.name, member.value.text);
  }
  return {};
}

Result<DeclaredDocuments> DeclaredDocuments::read(const std::string& directory, io::FileSystem& files) {
  DeclaredDocuments made;
  if (directory.empty()) return made;
  const auto entries = files.list(directory);
  if (!entries) return entries.error();
  for (const io::DirectoryEntry& entry : *entries) {
    if (entry.is_directory || !entry.name.ends_with(kExtension)) continue;
    const std::string path = directory + "/" + entry.name;
    const std::string_view stem = std::string_view(entry.name).substr(0, entry.name.size() - kExtension.size());
    uint32_t id = 0;
    const auto [end, problem] = std::from_chars(stem.data(), stem.data() + stem.size(), id);
    if (problem != std::errc() || end != stem.data() + stem.size()) {
      return invalid(fmt::format("{}: the name is not the number of a project", path));
    }
    const auto text = io::read_file(files, path, kFileBytesMax);
    if (!text) return text.error();
    if (const Status added = made.add(ProjectId::from_stored(id), *text); !added) {
      return invalid(path + ": " + added.error().message);
    }
  }
  return made;
}

const std::string* DeclaredDocuments::find(ProjectId project, const std::string& hash) const {
  const auto documents = by_project_.find(project);
  if (documents == by_project_.end()) return nullptr;
  const auto found = documents->second.find(hash);
  return found == documents->second.end() ? nullptr : &found->second;
}

}  // namespace gm::analytics_api
