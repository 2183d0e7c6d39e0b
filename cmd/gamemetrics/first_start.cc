#include "cmd/gamemetrics/first_start.h"
#include "lib/base/time.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include "cmd/gamemetrics/currency.h"

namespace gm::gamemetrics {

Result<security::NewKey> create_key(store::MetadataStore& metadata, ProjectId project, security::KeyKind kind,
                                    Random& random, int64_t now_ms) {
  security::NewKey key = security::make_key(kind, random);
  const auto stored = metadata.create_key(project, kind, key, now_ms);
  if (!stored) return stored.error();
  return key;
}

Result<ProjectKeys> create_both_keys(store::MetadataStore& metadata, ProjectId project, Random& random,
                                     int64_t now_ms) {
  auto write_key = create_key(metadata, project, security::KeyKind::write, random, now_ms);
  if (!write_key) return write_key.error();
  auto project_key = create_key(metadata, project, security::KeyKind::project, random, now_ms);
  if (!project_key) return project_key.error();
  return ProjectKeys{std::move(write_key->text), std::move(project_key->text)};
}

Status check_project(const config::Settings& settings) {
  if (const auto zone = TimeZone::find(settings.text("project.time_zone")); !zone) return zone.error();
  return check_currency(settings.text("project.currency"));
}

Result<std::optional<ProjectKeys>> ensure_project(store::MetadataStore& metadata, const config::Settings& settings,
                                                  Random& random, int64_t now_ms) {
  const auto projects = metadata.projects();
  if (!projects) return projects.error();
  if (!projects->empty()) return std::optional<ProjectKeys>();
  if (const Status valid = check_project(settings); !valid) return valid.error();
  const auto project = metadata.create_project(settings.text("project.name"), settings.text("project.time_zone"),
                                               settings.text("project.currency"), now_ms);
  if (!project) return project.error();
  auto keys = create_both_keys(metadata, project->id, random, now_ms);
  if (!keys) return keys.error();
  return std::optional<ProjectKeys>(std::move(*keys));
}

Result<std::vector<security::KnownKey>> valid_keys(store::MetadataStore& metadata, int64_t now_ms) {
  const auto keys = metadata.keys();
  if (!keys) return keys.error();
  std::vector<security::KnownKey> valid;
  for (const store::Key& key : *keys) {
    // Of a key that another has taken the place of, the end may lie ahead.
    const bool over = key.revoked_ms && now_ms >= *key.revoked_ms;
    if (!over) valid.push_back({key.hash, {key.project, key.kind, key.id}, key.secret, key.origins});
  }
  return valid;
}

Status write_keys_file(const std::string& path, const ProjectKeys& keys, const std::string& url) {
  const std::string text = fmt::format("GAMEMETRICS_URL={}\nGAMEMETRICS_WRITE_KEY={}\nGAMEMETRICS_PROJECT_KEY={}\n",
                                       url, keys.write_key, keys.project_key);
  io::PosixFileSystem files;
  // The file is born private: nobody may read it in the moment between its creation and a later chmod.
  const mode_t before = umask(S_IRWXG | S_IRWXO);
  const auto written = io::replace_file(files, path, text);
  umask(before);
  return written;
}

std::string welcome_text(const ProjectKeys& keys, const std::string& url) {
  return fmt::format(
      "Dashboard    {0}/#key={2}\n"
      "Write key    {1}   (sends events, safe in a game)\n"
      "Project key  {2}   (reads numbers; both are shown only now)\n\n"
      "First event:\n"
      "  curl {0}/v1/events -H 'Authorization: Bearer {1}' \\\n"
      "    -d "
      "'{{\"events\":[{{\"event\":\"level_complete\",\"player_id\":\"ada\",\"properties\":{{\"level\":3}}}}]}}'\n",
      url, keys.write_key, keys.project_key);
}

}  // namespace gm::gamemetrics
