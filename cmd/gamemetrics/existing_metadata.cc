#include "cmd/gamemetrics/existing_metadata.h"

#include <fmt/format.h>

#include "cmd/gamemetrics/settings_options.h"
#include "cmd/gamemetrics/targets.h"
#include "lib/io/file.h"

namespace gm::gamemetrics {

Result<std::unique_ptr<store::MetadataStore>> open_existing_metadata(const config::Settings& settings) {
  io::PosixFileSystem files;
  if (const auto there = files.open(data_path(settings, kMetadataFile), io::OpenMode::read); !there) {
    return Error{"gm-project-unknown",
                 fmt::format("'{}' is not a data directory: {}", settings.text("data_dir"), there.error().message)};
  }
  auto metadata = open_metadata_store(settings);
  if (!metadata) return metadata.error();
  const auto projects = (*metadata)->projects();
  if (!projects) return projects.error();
  if (projects->empty())
    return Error{"gm-project-unknown", "this data directory has no project yet: start the server once"};
  return metadata;
}

}  // namespace gm::gamemetrics
