#pragma once
// How a message leaves the house, and what became of it.

#include <cstdint>
#include <optional>
#include <string>

#include "lib/store/notification_store.h"

namespace gm::notifications {

struct Sent {
  bool taken = false;
  bool gone = false;   // nobody is there any more and nobody will be: the channel is switched off
  int64_t status = 0;  // 0: there was no answer
  std::string trouble;
  std::string answer;              // its first bytes
  std::optional<int64_t> wait_ms;  // the receiver wants to be left alone for so long
};

// Called from several threads at once.
class Transport {
 public:
  virtual ~Transport() = default;
  virtual Sent send(const store::Channel& channel, const store::Delivery& delivery, int64_t now_ms) const = 0;
};

}  // namespace gm::notifications
