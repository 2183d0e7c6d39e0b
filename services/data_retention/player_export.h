#pragma once
// Makes the copy of a player's data that he may ask for: one archive of JSON and Parquet files with a manifest of
// checksums, kept for a stated time. Every step can be done again; what is done is noted with the request.

#include <cstdint>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/clock.h"
#include "lib/io/file.h"
#include "lib/store/analytics_store.h"
#include "lib/store/object_store.h"
#include "lib/store/privacy_store.h"
#include "lib/store/row_file.h"
#include "services/data_retention/export_folder.h"
#include "services/data_retention/kept_out_lists.h"
#include "services/data_retention/privacy_settings.h"
#include "services/data_retention/step_trouble.h"

namespace gm::data_retention {

// Of a request: "privacy/7/019ac0f2-7c1e-7d5a-a5b0-2f1f0c9d3e11.player-data.zip".
std::string export_object(const store::PrivacyRequest& request);

class PlayerExport {
 public:
  // All of these outlive it.
  struct Dependencies {
    store::PrivacyStore& requests;
    const KeptOutLists& lists;
    store::AnalyticsStore& store;
    store::RowFile& parquet;
    store::ObjectStore& objects;
    io::FileSystem& files;
    const Clock& clock;
    std::string folder;  // for files that are being made
    // As ErasurePlaces has them.
    std::function<bool(int64_t timeout_ms)> catch_up;
    std::function<Result<std::vector<std::string>>(ProjectId, const std::string& player_id)> ids_of;
  };
  PlayerExport(Dependencies dependencies, const PrivacySettings& settings)
      : d_(std::move(dependencies)), settings_(settings) {}

  // Does what is left of the request. Ends soon after stop is requested, with gm-processor-stopped. nullopt: it is
  // done.
  std::optional<StepTrouble> run(store::PrivacyRequest request, const std::stop_token& stop);

  // Removes the files whose time is over, and forgets whom they were about.
  Status remove_expired();
  // Removes every file of a player who is erased, and ends what is still being made; how many there were.
  Result<int64_t> remove_of(ProjectId project, const std::vector<std::string>& ids);

 private:
  Status find_ids(store::PrivacyRequest& request);
  Status finish_without(const store::PrivacyRequest& request);
  Status write_section(const store::PrivacyRequest& request, std::string_view section, ExportFolder& folder,
                       const std::stop_token& stop);
  Result<int64_t> write_rows(store::RowSource& rows, std::string_view section, ExportFolder& folder) const;
  Status pack(const store::PrivacyRequest& request, ExportFolder& folder);
  Status remove(const store::PrivacyRequest& request);
  Status check_size(uint64_t bytes) const;
  ExportFolder folder_of(const store::PrivacyRequest& request) const;

  const Dependencies d_;
  const PrivacySettings settings_;
};

}  // namespace gm::data_retention
