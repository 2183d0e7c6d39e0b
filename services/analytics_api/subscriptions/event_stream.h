#pragma once
// The languages of graphql-sse (its PROTOCOL.md, "Distinct connections mode"): what server-sent events carry.

#include <memory>
#include <string>
#include <string_view>

#include "lib/http/message.h"
#include "services/analytics_api/subscriptions/sink.h"

namespace gm::analytics_api {

inline constexpr std::string_view kEventStreamType = "text/event-stream";
inline constexpr std::string_view kEventStreamComment = ":\n\n";

// One event; line ends within `data` become spaces, which JSON does not mind.
std::string event_text(std::string_view event, std::string_view data);
// A response and the end: what an operation with a single response is answered.
std::string whole_event_stream(std::string_view response);

// A connection of its own for one subscription.
class EventStreamSink final : public Sink {
 public:
  explicit EventStreamSink(std::shared_ptr<http::ResponseStream> stream) : stream_(std::move(stream)) {}

  bool open() const override { return stream_->open(); }
  bool ready() const override;
  bool next(std::string_view response) override;
  void complete() override { stream_->send(event_text("complete", "")); }
  bool keep_alive() override { return stream_->send(std::string(kEventStreamComment)); }

 private:
  std::shared_ptr<http::ResponseStream> stream_;
};

}  // namespace gm::analytics_api
