#pragma once
// Talking to a running server's HTTP API.

#include <CLI/CLI.hpp>
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "lib/base/result.h"
#include "lib/http/client.h"
#include "lib/security/keys.h"

namespace gm::gamemetrics {

struct ServerOptions {
  std::string url = "http://127.0.0.1:8080";
  std::string key;
};
// --url and --key, or GAMEMETRICS_URL and, by what the command does, GAMEMETRICS_WRITE_KEY or GAMEMETRICS_PROJECT_KEY:
// the variables of a keys file.
void add_server_options(CLI::App& command, ServerOptions& options, security::KeyKind kind);

// The server's answer to a failed request: its own code and detail where it sent a problem document, else
// gm-server-unreachable.
Error error_of(const http::ClientResponse& response);

class ApiClient {
 public:
  explicit ApiClient(ServerOptions options) : options_(std::move(options)) {}

  // `path` with its query, e.g. "/api/v1/metrics/dau?from=...". The body of a 200 answer.
  Result<std::string> get_text(const std::string& path);
  Result<nlohmann::ordered_json> get(const std::string& path);
  // Sends `body` as JSON. The body of a 200 answer.
  Result<std::string> post_text(const std::string& path, const std::string& body);
  // `method` in upper case. Any answer of success; null where it has no body.
  Result<nlohmann::ordered_json> send(const std::string& method, const std::string& path,
                                      const nlohmann::ordered_json& body);
  // The body of a 200 answer goes to `sink`, as long as it may be.
  Status download(const std::string& method, const std::string& path, const std::string& body,
                  const http::Client::BodySink& sink);
  // The body of any answer of success.
  Result<std::string> erase(const std::string& path);

 private:
  ServerOptions options_;
  http::Client client_;
};

}  // namespace gm::gamemetrics
