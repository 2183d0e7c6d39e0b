#pragma once
// Names and prose are in lib/config/declarations.cc.

#include <cstdint>

#include "lib/config/settings.h"

namespace gm::data_retention {

struct PrivacySettings {
  int64_t due_after_ms = 0;      // privacy.due_after
  int64_t batch_wait_ms = 0;     // privacy.batch_wait
  int64_t export_keep_ms = 0;    // privacy.export_keep
  int64_t export_bytes_max = 0;  // privacy.export_bytes_max
  int64_t downloads_max = 0;     // privacy.downloads_max
  int64_t page_rows_max = 0;     // query.rows_max
  int64_t page_timeout_ms = 0;   // export.timeout

  static PrivacySettings from(const config::Settings& settings) {
    return {settings.duration_ms("privacy.due_after"),   settings.duration_ms("privacy.batch_wait"),
            settings.duration_ms("privacy.export_keep"), settings.bytes("privacy.export_bytes_max"),
            settings.integer("privacy.downloads_max"),   settings.integer("query.rows_max"),
            settings.duration_ms("export.timeout")};
  }
};

}  // namespace gm::data_retention
