#pragma once
// Port: what people keep about a project beside its numbers: notes on days, segments, boards. Texts that only their
// readers understand. Embedded: a SQLite file of its own.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/ids.h"
#include "lib/base/result.h"

namespace gm::store {

struct KeptItem {
  std::string id;    // of one kind in one project
  std::string body;  // JSON
  int64_t changed_ms = 0;
  std::string changed_by;  // as identity::asker_name() has it
};

// Errors of all: gm-metadata-unavailable. Safe to call from several threads; calls block on disk.
class KeptStore {
 public:
  virtual ~KeptStore() = default;
  // In the order in which they were first kept.
  virtual Result<std::vector<KeptItem>> kept(ProjectId project, std::string_view kind) = 0;
  // In place of the one of that id. Error gm-kept-full: there are `most` others.
  virtual Status keep(ProjectId project, std::string_view kind, const KeptItem& item, int64_t most) = 0;
  // Error gm-kept-unknown.
  virtual Status forget(ProjectId project, std::string_view kind, std::string_view id) = 0;
};

}  // namespace gm::store
