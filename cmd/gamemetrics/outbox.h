#pragma once
// How letters and mail to people leave this server; apart from targets.h, which has no room for another port's headers.

#include <memory>

#include "lib/base/clock.h"
#include "lib/base/random.h"
#include "lib/base/result.h"
#include "lib/config/settings.h"
#include "lib/identity/outbox.h"
#include "lib/io/file.h"
#include "lib/mail/mail_sender.h"

namespace gm::gamemetrics {

// nullptr: mail.url is empty. `clock` and `random` outlive it. Error gm-config-invalid-value.
Result<std::unique_ptr<identity::Outbox>> open_outbox(const config::Settings& settings, io::FileSystem& files,
                                                      const Clock& clock, Random& random);
// The same server, for mail about alerts. An empty url: there is none. Error gm-config-invalid-value.
Result<mail::MailSettings> mail_settings(const config::Settings& settings, io::FileSystem& files);

}  // namespace gm::gamemetrics
