#pragma once
// Where the dashboard's files come from: the binary, or a folder for developers of the dashboard.

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "lib/io/file.h"
#include "services/admin/asset.h"

namespace gm::admin {

inline constexpr uint64_t kAssetBytesMax = 16 * 1024 * 1024;  // a file of the folder; larger ones are not served

// What find() gives: the asset, and the memory behind its views where it has to be kept.
struct FoundAsset {
  Asset asset;
  std::shared_ptr<const std::string> content;
};

// Safe to use from several threads.
class AssetSource {
 public:
  virtual ~AssetSource() = default;
  // `path` has no leading slash and comes from the network: any bytes.
  virtual std::optional<FoundAsset> find(std::string_view path) const = 0;
};

class EmbeddedAssets final : public AssetSource {
 public:
  // Precondition: sorted by path.
  explicit EmbeddedAssets(std::span<const Asset> assets) : assets_(assets) {}
  std::optional<FoundAsset> find(std::string_view path) const override;

 private:
  std::span<const Asset> assets_;
};

// Reads the file anew for each request, so that a rebuilt page shows at the next reload. Never leaves `directory`.
class DirectoryAssets final : public AssetSource {
 public:
  DirectoryAssets(std::shared_ptr<io::FileSystem> files, std::string directory)
      : files_(std::move(files)), directory_(std::move(directory)) {}
  std::optional<FoundAsset> find(std::string_view path) const override;

 private:
  std::shared_ptr<io::FileSystem> files_;
  std::string directory_;
};

// By file name ending; application/octet-stream when unknown.
std::string_view content_type_of(std::string_view path);

}  // namespace gm::admin
