#pragma once
// Private to this folder: who asks, and how his days are cut.

#include "lib/base/time.h"
#include "lib/store/metadata_store.h"

namespace gm::analytics_api {

struct Caller {
  store::Project project;
  TimeZone zone = TimeZone::utc();
};

}  // namespace gm::analytics_api
