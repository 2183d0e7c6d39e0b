#pragma once
// A small blocking HTTP client for the CLI, generators and tests. Connections are kept alive between calls. Not for the
// data path.
//
//   http::Client client;
//   auto answer = client.post(url, {{"Authorization", "Bearer " + key}, {"Content-Type", "application/json"}}, body);
//   if (answer && answer->status == 200) ...

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lib/base/result.h"

namespace gm::http {

using ClientHeaders = std::vector<std::pair<std::string, std::string>>;

struct ClientOptions {
  int64_t connect_timeout_ms = 3'000;
  int64_t timeout_ms = 30'000;         // the whole exchange; of a download: of standing still
  size_t body_bytes_max = 256u << 20;  // a longer answer is an error
};

struct ClientResponse {
  int status = 0;
  ClientHeaders headers;
  std::string body;

  // Case-insensitive; empty when absent.
  std::string_view header(std::string_view name) const;
};

// One per thread. Redirects are not followed, answers are not decompressed, only http and https are spoken.
class Client {
 public:
  explicit Client(ClientOptions options = {});
  ~Client();
  Client(Client&&) noexcept;
  Client& operator=(Client&&) noexcept;

  // Errors: gm-http-client-failed (no connection, time-out, answer too long; the message tells). Any HTTP status is a
  // value.
  Result<ClientResponse> get(const std::string& url, const ClientHeaders& headers = {});
  Result<ClientResponse> post(const std::string& url, const ClientHeaders& headers, std::string_view body);
  // `method` in upper case, e.g. "DELETE".
  Result<ClientResponse> request(const std::string& method, const std::string& url, const ClientHeaders& headers,
                                 std::string_view body);

  // The body of a 200 goes to `sink` as it arrives, of any length; that of another status is in the response. `sink`
  // answers false to stop. An answer that breaks off is an error, whatever the sink has got by then.
  using BodySink = std::function<bool(std::string_view)>;
  Result<ClientResponse> download(const std::string& method, const std::string& url, const ClientHeaders& headers,
                                  std::string_view body, const BodySink& sink);

 private:
  Result<ClientResponse> exchange(const std::string& method, const std::string& url, const ClientHeaders& headers,
                                  std::string_view body, const BodySink* sink);
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace gm::http
