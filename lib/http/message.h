#pragma once
// Requests, responses and the router: what services see of HTTP. No network type shows here, so handlers are tested
// without sockets.

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gm::http {

// No route takes `trace`: it is known so that it is refused as any other method that a path does not take.
enum class Method : uint8_t { get, head, post, put, patch, del, options, trace };

// At least this many readable bytes follow a request's body in memory, so that vector code may read past its end.
inline constexpr size_t kBodyPadding = 64;

// Views into the connection's buffers: valid until the response has been given, not longer.
struct Request {
  Method method = Method::get;
  std::string_view path;   // decoded, without the query
  std::string_view query;  // raw, without the "?"
  std::string_view body;   // as received: content coding not undone
  std::vector<std::pair<std::string_view, std::string_view>> headers;
  std::vector<std::string_view> path_parameters;  // one per `{name}` of the route, in order
  std::string_view peer;                          // address of the other end
  std::string_view trace_id;                      // 32 hex: from traceparent, or new
  int64_t received_ms = 0;
  // Stop is requested when the client goes before its answer is whole. Never for an AsyncHandler. Callbacks run on the
  // network thread and must be quick.
  std::stop_token client_gone;

  // Case-insensitive; empty when absent.
  std::string_view header(std::string_view name) const;
  // The first value of a query parameter, percent-decoded; `found` tells absent from empty.
  std::string query_parameter(std::string_view name, bool* found = nullptr) const;
};

struct Response {
  int status = 200;
  std::string content_type = "application/json";
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;
};

// RFC 9457. `code` is one of docs/reference/errors.md.
Response problem(int status, std::string_view code, std::string_view detail, std::string_view trace_id);

// Why a stream is over before its feeder has ended it.
enum class StreamEnd : uint8_t { client_gone, server_stops };

// A response that goes on, e.g. server-sent events. Owned together with the connection; all of it may be called from
// any thread.
class ResponseStream {
 public:
  virtual ~ResponseStream() = default;
  // False when the client has gone or is too slow (its bounded queue is full): stop sending and drop the stream.
  virtual bool send(std::string chunk) = 0;
  virtual bool open() const = 0;
  // The same for a feeder with a thread of its own: waits for room instead of losing the stream. A client that takes
  // nothing for http.body_timeout has gone.
  virtual bool send_when_room(std::string chunk) { return send(std::move(chunk)); }
  // The answer cannot be finished: the client is made to see that what it has is not whole.
  virtual void break_off() {}
  // What was sent and waits for the client to take what was sent before.
  virtual size_t waiting_bytes() const { return 0; }
  // `told` is called at most once, from the network thread or at once, and must be quick. A stream without it is cut
  // off when the server stops; with it the feeder may say its last words, within http.shutdown_timeout.
  virtual void on_end(std::function<void(StreamEnd)> /*told*/) {}
};

// Runs on the worker pool and may block (queries).
using Handler = std::function<Response(const Request&)>;
// Runs on the network thread and must not block; `respond` is called once, from any thread. The request stays valid
// until then.
using Respond = std::function<void(Response)>;
using AsyncHandler = std::function<void(const Request&, Respond respond)>;
// Runs on the worker pool; with status 200 the body stays open for as long as somebody keeps `stream`. A handler that
// has kept it nowhere when it returns has given a whole answer, as any other.
using StreamHandler = std::function<Response(const Request&, std::shared_ptr<ResponseStream> stream)>;

// What sets a route apart from the server's defaults.
struct RouteOptions {
  size_t body_bytes_max = 0;  // 0: the setting http.body_bytes_max
  // Makes the answer when the server itself refuses a request of this route (413, 408, 503, ...), for dialects with an
  // error form of their own. Empty: problem+json. `request` has no body.
  std::function<Response(const Request& request, int status, std::string_view code, std::string_view detail)> refuse;
};

class Router {
 public:
  // `pattern`: "/api/v1/metrics/{name}"; a trailing "/" matters; "/*" at the end takes the rest. The pattern is the
  // metrics' route label.
  virtual ~Router() = default;
  virtual void add(Method method, std::string pattern, Handler handler) = 0;
  virtual void add_async(Method method, std::string pattern, AsyncHandler handler) = 0;
  virtual void add_stream(Method method, std::string pattern, StreamHandler handler) = 0;
  // For a route that has been added.
  virtual void configure(Method /*method*/, const std::string& /*pattern*/, RouteOptions /*options*/) {}
  // `task` runs on every network thread when it has handled all requests that were ready, or a millisecond's worth of
  // them: the place to hand on together what their handlers have gathered. False: this router has no such moment.
  virtual bool when_caught_up(std::function<void()> /*task*/) { return false; }
};

}  // namespace gm::http
