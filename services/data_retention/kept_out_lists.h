#pragma once
// Whose events are not taken, and whose are not counted: who was erased, whose data is restricted, who objects.

#include <memory>
#include <vector>

#include "lib/security/erased_ids.h"
#include "lib/store/privacy_store.h"

namespace gm::data_retention {

class KeptOutLists {
 public:
  // As the requests have them.
  static Result<std::unique_ptr<KeptOutLists>> load(store::PrivacyStore& requests);

  // Ingestion refuses what is theirs: all of them.
  const security::ErasedIds& refused() const { return refused_; }
  // The processor passes over what the log has of them: who was erased and whose data is restricted. What somebody who
  // objects sent before stays counted, also by a rebuild.
  const security::ErasedIds& uncounted() const { return uncounted_; }
  // Who was erased, and nobody else.
  const security::ErasedIds& erased() const { return erased_; }

  security::ErasedMark mark_of(ProjectId project, std::string_view id) const { return erased_.mark_of(project, id); }
  // `why`: erase, restriction or objection.
  void add(store::PrivacyKind why, ProjectId project, const std::vector<security::ErasedMark>& marks);
  // After something was lifted.
  Status reload(store::PrivacyStore& requests, ProjectId project);

 private:
  explicit KeptOutLists(const std::string& key) : refused_(key), uncounted_(key), erased_(key) {}

  security::ErasedIds refused_, uncounted_, erased_;
};

}  // namespace gm::data_retention
