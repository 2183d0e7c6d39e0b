#include "services/admin/asset_source.h"

#include <algorithm>
#include <array>
#include <utility>

namespace gm::admin {
namespace {

// Names that a browser may ask for: no way up or out, nothing hidden, no empty parts.
bool stays_inside(std::string_view path) {
  if (path.empty() || path.find('\0') != std::string_view::npos || path.find('\\') != std::string_view::npos)
    return false;
  while (!path.empty()) {
    const size_t end = path.find('/');
    const std::string_view part = path.substr(0, end);
    if (part.empty() || part.front() == '.') return false;
    if (end == std::string_view::npos) return true;
    path.remove_prefix(end + 1);
  }
  return false;  // ended with a slash
}

}  // namespace

std::string_view content_type_of(std::string_view path) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kTypes = {{
      {".html", "text/html; charset=utf-8"},
      {".js", "text/javascript; charset=utf-8"},
      {".css", "text/css; charset=utf-8"},
      {".svg", "image/svg+xml"},
      {".json", "application/json"},
      {".png", "image/png"},
  }};
  for (const auto& [ending, type] : kTypes) {
    if (path.ends_with(ending)) return type;
  }
  return "application/octet-stream";
}

std::optional<FoundAsset> EmbeddedAssets::find(std::string_view path) const {
  const auto found = std::lower_bound(assets_.begin(), assets_.end(), path,
                                      [](const Asset& asset, std::string_view wanted) { return asset.path < wanted; });
  if (found == assets_.end() || found->path != path) return std::nullopt;
  return FoundAsset{*found, nullptr};
}

std::optional<FoundAsset> DirectoryAssets::find(std::string_view path) const {
  if (!stays_inside(path)) return std::nullopt;
  auto bytes = io::read_file(*files_, directory_ + "/" + std::string(path), kAssetBytesMax);
  if (!bytes) return std::nullopt;
  FoundAsset found;
  found.content = std::make_shared<const std::string>(std::move(*bytes));
  found.asset.path = path;
  found.asset.content_type = content_type_of(path);
  found.asset.identity = *found.content;
  return found;
}

}  // namespace gm::admin
