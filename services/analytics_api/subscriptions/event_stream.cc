#include "services/analytics_api/subscriptions/event_stream.h"

#include <fmt/format.h>

#include <algorithm>

namespace gm::analytics_api {
std::string event_text(std::string_view event, std::string_view data) {
  std::string line(data);
  std::replace_if(line.begin(), line.end(), [](char c) { return c == '\n' || c == '\r'; }, ' ');
  return fmt::format("event: {}\ndata: {}\n\n", event, line);
}

std::string whole_event_stream(std::string_view response) {
  return event_text("next", response) + event_text("complete", "");
}

bool EventStreamSink::ready() const { return stream_->waiting_bytes() <= kBacklogBytesMax; }

bool EventStreamSink::next(std::string_view response) { return stream_->send(event_text("next", response)); }

}  // namespace gm::analytics_api
