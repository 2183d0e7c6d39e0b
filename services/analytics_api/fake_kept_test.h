#pragma once
// For the tests of this folder: what is kept, in memory.

#include <algorithm>
#include <map>
#include <tuple>

#include "lib/store/kept_store.h"

namespace gm::analytics_api {

class FakeKept final : public store::KeptStore {
 public:
  Result<std::vector<store::KeptItem>> kept(ProjectId project, std::string_view kind) override {
    if (down) return refused();
    return items[{project, std::string(kind)}];
  }
  Status keep(ProjectId project, std::string_view kind, const store::KeptItem& item, int64_t most) override {
    if (down) return refused();
    auto& all = items[{project, std::string(kind)}];
    const auto found = std::ranges::find(all, item.id, &store::KeptItem::id);
    if (found != all.end()) {
      *found = item;
    } else if (static_cast<int64_t>(all.size()) >= most) {
      return Error{"gm-kept-full", "made to be full"};
    } else {
      all.push_back(item);
    }
    return {};
  }
  Status forget(ProjectId project, std::string_view kind, std::string_view id) override {
    auto& all = items[{project, std::string(kind)}];
    if (std::erase_if(all, [&](const store::KeptItem& item) { return item.id == id; }) > 0) return {};
    return Error{"gm-kept-unknown", "there is none"};
  }

  std::map<std::pair<ProjectId, std::string>, std::vector<store::KeptItem>> items;
  bool down = false;

 private:
  static Error refused() { return {"gm-metadata-unavailable", "made to be down"}; }
};

}  // namespace gm::analytics_api
