#pragma once
// Where the responses of a subscription come from (spec, "Source Stream").

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

#include "lib/base/result.h"
#include "lib/graphql/resolver.h"

namespace gm::graphql {

// The source of one subscription; used by one thread at a time. It is asked, and does not push: how fast its reader can
// take what comes is not its business, only to hold no more than it may.
class Source {
 public:
  // events: each counts, what cannot be held is counted as lost. state: each tells how things are as a whole, so one
  // that nobody takes is no loss, and a response like the one before need not be sent.
  enum class Kind : uint8_t { events, state };

  struct Taken {
    std::optional<Value::Object>
        event;          // what resolvers of the root field see as their parent; empty: nothing has come
    uint64_t lost = 0;  // events left out since the last call, for want of room
    bool more = false;  // the next can be taken at once
  };

  virtual ~Source() = default;
  virtual Kind kind() const = 0;
  virtual Taken take() = 0;
  // How long to wait before the next take().
  virtual int64_t interval_ms() const = 0;
};

// Starts the source of one subscription: called once for it, with the arguments of its root field.
using Subscriber = std::function<Result<std::unique_ptr<Source>>(const Call&)>;

}  // namespace gm::graphql
