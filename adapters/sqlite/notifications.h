#pragma once
// Alert rules, channels and the outbox, in one SQLite file (WAL, synchronous=FULL: a message that was recorded is on
// the disk).

#include <memory>
#include <string>

#include "lib/store/notification_store.h"

namespace gm::sqlite {

// Creates the file and its schema if absent. Errors: gm-metadata-unavailable, gm-metadata-too-new.
Result<std::unique_ptr<store::NotificationStore>> open_notifications(const std::string& path);

}  // namespace gm::sqlite
