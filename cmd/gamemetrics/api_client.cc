#include "cmd/gamemetrics/api_client.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

namespace gm::gamemetrics {
namespace {

constexpr int64_t kDownloadStillMs = 900'000;

}  // namespace

void add_server_options(CLI::App& command, ServerOptions& options, security::KeyKind kind) {
  const bool sends = kind == security::KeyKind::write;
  command.add_option("--url", options.url, "Address of the server")->envname("GAMEMETRICS_URL")->capture_default_str();
  command.add_option("--key", options.key, sends ? "Write key (gm_wk_...)" : "Project key (gm_pk_...)")
      ->envname(sends ? "GAMEMETRICS_WRITE_KEY" : "GAMEMETRICS_PROJECT_KEY")
      ->required();
}

Error error_of(const http::ClientResponse& response) {
  const auto json = nlohmann::json::parse(response.body, nullptr, false);
  if (json.is_object() && json.contains("code") && json["code"].is_string()) {
    std::string message = json.value("detail", json.value("title", std::string("no detail given")));
    if (json.contains("errors")) {
      // Of a single one the server's sentence tells everything already.
      for (const auto& problem : json["errors"]) {
        const std::string detail = problem.value("detail", "");
        if (message.find(detail) == std::string::npos)
          message += fmt::format("; {} {}", problem.value("pointer", ""), detail);
      }
    }
    return {json["code"].get<std::string>(), fmt::format("the server answered {}: {}", response.status, message)};
  }
  return {"gm-server-unreachable", fmt::format("answer {} is not from a gamemetrics server", response.status)};
}

Result<std::string> ApiClient::get_text(const std::string& path) {
  auto response = client_.get(options_.url + path, {{"Authorization", "Bearer " + options_.key}});
  if (!response) return response.error();
  if (response->status != 200) return error_of(*response);
  return std::move(response->body);
}

Result<std::string> ApiClient::post_text(const std::string& path, const std::string& body) {
  auto response = client_.post(
      options_.url + path, {{"Authorization", "Bearer " + options_.key}, {"Content-Type", "application/json"}}, body);
  if (!response) return response.error();
  if (response->status != 200) return error_of(*response);
  return std::move(response->body);
}

Status ApiClient::download(const std::string& method, const std::string& path, const std::string& body,
                           const http::Client::BodySink& sink) {
  // A statement may work for as long as the server lets it before its first byte.
  http::Client patient({.timeout_ms = kDownloadStillMs});
  const auto response =
      patient.download(method, options_.url + path,
                       {{"Authorization", "Bearer " + options_.key}, {"Content-Type", "application/json"}}, body, sink);
  if (!response) return response.error();
  if (response->status != 200) return error_of(*response);
  return {};
}

Result<std::string> ApiClient::erase(const std::string& path) {
  auto response = client_.request("DELETE", options_.url + path, {{"Authorization", "Bearer " + options_.key}}, {});
  if (!response) return response.error();
  if (response->status >= 300) return error_of(*response);
  return std::move(response->body);
}

Result<nlohmann::ordered_json> ApiClient::send(const std::string& method, const std::string& path,
                                               const nlohmann::ordered_json& body) {
  const auto response =
      client_.request(method, options_.url + path,
                      {{"Authorization", "Bearer " + options_.key}, {"Content-Type", "application/json"}}, body.dump());
  if (!response) return response.error();
  if (response->status >= 300) return error_of(*response);
  if (response->body.empty()) return nlohmann::ordered_json();
  auto json = nlohmann::ordered_json::parse(response->body, nullptr, false);
  if (json.is_discarded()) return Error{"gm-server-unreachable", "the answer to " + path + " is not JSON"};
  return json;
}

Result<nlohmann::ordered_json> ApiClient::get(const std::string& path) {
  const auto text = get_text(path);
  if (!text) return text.error();
  auto json = nlohmann::ordered_json::parse(*text, nullptr, false);
  if (json.is_discarded()) return Error{"gm-server-unreachable", "the answer to " + path + " is not JSON"};
  return json;
}

}  // namespace gm::gamemetrics
