#pragma once
// What an event says about its session (ADR 0026).

#include <cstdint>
#include <optional>
#include <string_view>

#include "lib/codec/json_cursor.h"
#include "lib/event/event.h"
#include "lib/store/analytics_store.h"

namespace gm::event_processor {

struct SessionWords {
  store::SessionMarks marks = 0;  // kOpened: it begins one; kClosed: it ends one
  int64_t told_ms = store::kLengthNotTold;
  int64_t added_ms = 0;
};

class SessionWordsReader {
 public:
  // Nothing is told in more than `length_max_ms`.
  explicit SessionWordsReader(int64_t length_max_ms) : length_max_ms_(length_max_ms) {}
  SessionWords read(const event::Event& event);

 private:
  // The property `seconds` of a session_end or session_update, when it is a number that is not negative.
  std::optional<int64_t> length_ms(std::string_view properties);

  int64_t length_max_ms_;
  codec::JsonIndex index_;
};

}  // namespace gm::event_processor
