#pragma once
// Letters wait here for a thread that sends them: whoever asks does not wait for a mail server, and the time of an
// answer tells nothing about whether there was anybody to write to.

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <string_view>
#include <thread>

#include "lib/base/clock.h"
#include "lib/base/result.h"
#include "lib/identity/outbox.h"
#include "lib/telemetry/logger.h"
#include "lib/telemetry/metrics.h"

namespace gm::users {

class Letters {
 public:
  struct Dependencies {
    identity::Outbox* outbox;  // nullptr: this server sends none
    const Clock& clock;
    telemetry::Registry& telemetry;
    telemetry::Logger logger;
  };
  // Writes the letter, on the sending thread; nullopt: there is nobody to write to.
  using Write = std::function<Result<std::optional<identity::Letter>>()>;

  Letters(Dependencies dependencies, int64_t waiting_max);
  ~Letters() { stop(); }
  Letters(const Letters&) = delete;
  Letters& operator=(const Letters&) = delete;

  // Sends and writes nothing more: what waits is lost, and asked for again by whoever misses it. Before that goes away
  // which the letters are written from.
  void stop();
  bool sends() const { return d_.outbox != nullptr; }
  // `kind`: a literal, as the counter names it. False: none are sent, or too many wait.
  bool post(std::string_view kind, Write write);

 private:
  struct Waiting {
    std::string_view kind;
    Write write;
    std::optional<identity::Letter> letter;  // written already: another attempt
    int attempts = 0;
    int64_t due_ns = 0;
  };

  void run();
  // nullopt: not before something is due, or the end.
  std::optional<Waiting> next();
  void handle(Waiting one);
  void count(const Waiting& one, std::string_view outcome);

  const Dependencies d_;
  const size_t waiting_max_;
  std::mutex mutex_;
  std::condition_variable wakeup_;
  std::deque<Waiting> waiting_;
  bool stopped_ = false;
  std::thread sender_;
};

}  // namespace gm::users
