#pragma once
// Letters over SMTP (RFC 5321, 3207, 4954) by libcurl.

#include <memory>
#include <string>
#include <string_view>

#include "lib/base/clock.h"
#include "lib/base/random.h"
#include "lib/config/settings.h"
#include "lib/identity/outbox.h"

namespace gm::smtp {

struct SmtpSettings {
  std::string url;  // "smtp://host:587" or "smtps://host:465"; empty: no letters are sent
  std::string from;
  std::string user, password;  // both or neither
  std::string ca_file;         // empty: the system's
  int64_t timeout_ms = 0;

  // All but `password`, which a file holds.
  static SmtpSettings from_settings(const config::Settings& settings);
  // Error gm-config-invalid-value: another scheme, something behind the port, a sender that is none, a password without
  // TLS.
  Status check() const;
  // Host of the url is this machine: nobody else reads what goes there, and it rarely has a certificate.
  bool loopback() const;
};

// As it goes over the line, lines ended by CRLF. Precondition: addresses and subject are as Outbox says.
std::string message_text(const identity::Letter& letter, std::string_view from, int64_t now_ms, Random& random);
// An address that stands in a header and in a command as it is (RFC 5322, 3.4.1: dot-atoms).
bool is_plain_address(std::string_view address);

class SmtpOutbox final : public identity::Outbox {
 public:
  // `clock` and `random` outlive this. Precondition: settings.check().
  SmtpOutbox(SmtpSettings settings, const Clock& clock, Random& random);
  Status send(const identity::Letter& letter) override;

 private:
  const SmtpSettings settings_;
  const Clock& clock_;
  Random& random_;
};

}  // namespace gm::smtp
