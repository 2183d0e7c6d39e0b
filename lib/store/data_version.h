#pragma once
// Port: whether what a project's readers see has changed, for whoever keeps answers.

#include <cstdint>

#include "lib/base/ids.h"

namespace gm::store {

// Safe to use from several threads, and quick.
class DataVersion {
 public:
  virtual ~DataVersion() = default;
  // Another number after every change of the project's data, not before its readers can see it. What is asked after
  // reading a version sees at least that version. Means something to this process only.
  virtual uint64_t data_version(ProjectId project) const = 0;
};

}  // namespace gm::store
