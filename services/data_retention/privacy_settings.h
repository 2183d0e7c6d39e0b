#pragma once
// Names and prose are in lib/config/declarations.cc.

#include <cstdint>

#include "lib/config/settings.h"

namespace gm::data_retention {

struct PrivacySettings {
  int64_t due_after_ms = 0;   // privacy.due_after
  int64_t batch_wait_ms = 0;  // privacy.batch_wait

  static PrivacySettings from(const config::Settings& settings) {
    return {settings.duration_ms("privacy.due_after"), settings.duration_ms("privacy.batch_wait")};
  }
};

}  // namespace gm::data_retention
