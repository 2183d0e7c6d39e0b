#pragma once
// Port: letters to people, about their accounts. A letter may hold a secret (a link that resets a password), so that
// nothing of it may be logged.

#include <string>

#include "lib/base/result.h"

namespace gm::identity {

struct Letter {
  std::string to;       // one address, as normal_email() has it
  std::string subject;  // ASCII, one line
  std::string text;     // UTF-8, lines ended by "\n"
};

class Outbox {
 public:
  virtual ~Outbox() = default;

  // Returns once somebody has taken the letter on or refused it; blocks on the network. Any thread. Errors:
  // gm-mail-address (it cannot be written to), gm-mail-failed.
  virtual Status send(const Letter& letter) = 0;
};

}  // namespace gm::identity
