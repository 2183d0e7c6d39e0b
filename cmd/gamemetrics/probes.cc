#include "cmd/gamemetrics/probes.h"

namespace gm::gamemetrics {
namespace {

http::Response text_response(bool ok, std::string body) {
  http::Response response;
  response.status = ok ? 200 : 503;
  response.content_type = "text/plain; charset=utf-8";
  response.body = std::move(body);
  return response;
}

http::Response ready_response(const std::vector<ProbeCheck>& checks, bool started, bool verbose) {
  bool ok = started;
  std::string body = std::string(started ? "[+]" : "[-]") + "started\n";
  for (const ProbeCheck& check : checks) {
    const bool passed = started && check.ok();
    ok = ok && passed;
    body += std::string(passed ? "[+]" : "[-]") + check.name + (passed ? " ok\n" : " failed\n");
  }
  body += ok ? "ready\n" : "not ready\n";
  return text_response(ok, verbose || !ok ? std::move(body) : "ready\n");
}

}  // namespace

void register_probes(http::Router& router, std::vector<ProbeCheck> checks, std::function<bool()> started,
                     const telemetry::Registry& registry) {
  router.add(http::Method::get, "/livez", [](const http::Request&) { return text_response(true, "alive\n"); });
  router.add(http::Method::get, "/startupz", [started](const http::Request&) {
    return text_response(started(), started() ? "started\n" : "starting\n");
  });
  router.add(http::Method::get, "/readyz", [checks = std::move(checks), started](const http::Request& request) {
    bool verbose = false;
    (void)request.query_parameter("verbose", &verbose);
    return ready_response(checks, started(), verbose);
  });
  router.add(http::Method::get, "/metrics", [&registry](const http::Request&) {
    http::Response response;
    response.content_type = "text/plain; version=0.0.4; charset=utf-8";
    response.body = registry.expose();
    return response;
  });
}

}  // namespace gm::gamemetrics
