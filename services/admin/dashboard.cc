#include "services/admin/dashboard.h"

#include <algorithm>
#include <array>
#include <string>

#include "lib/http/header_text.h"
#include "services/admin/asset_response.h"
#include "services/admin/security_headers.h"

namespace gm::admin {
namespace {

constexpr std::string_view kIndex = "index.html";

// First path segments that belong to the API, SDKs and probes. A typo below them must show up as an error, not as a web
// page.
constexpr std::array<std::string_view, 20> kNotPages = {
    "api",     "array", "assets", "batch",   "capture",      "decide", "e", "engage",   "flags", "graphiql",
    "graphql", "i",     "livez",  "metrics", "openapi.json", "readyz", "s", "startupz", "track", "v1"};

bool may_be_page(std::string_view path) {
  const std::string_view first = path.substr(0, path.find('/'));
  return std::find(kNotPages.begin(), kNotPages.end(), first) == kNotPages.end();
}

bool accepts_html(const http::Request& request) {
  return request.header("Accept").find("text/html") != std::string_view::npos;
}

// The page names its files relative to itself, so that it works under any sub-path. Below "/a/b/" they lie two levels
// up, which only the server can know: a proxy may have cut the front of the path off.
http::Response deep_page(const Asset& index, std::string_view path) {
  const auto depth = std::count(path.begin(), path.end(), '/');
  std::string base = "<head><base href=\"";
  for (std::ptrdiff_t i = 0; i < depth; ++i) base += "../";
  base += "\">";
  http::Response response;
  response.content_type = index.content_type;
  add_security_headers(response);
  response.headers.emplace_back("Cache-Control", "no-store");
  response.body = index.identity;
  constexpr std::string_view kHead = "<head>";
  if (const size_t head = response.body.find(kHead); head != std::string::npos)
    response.body.replace(head, kHead.size(), base);
  return response;
}

http::Response serve(const AssetSource& source, const http::Request& request) {
  std::string_view path = request.path;
  if (path.starts_with('/')) path.remove_prefix(1);
  if (const auto found = source.find(path.empty() ? kIndex : path)) return asset_response(found->asset, request);
  if (!may_be_page(path) || !accepts_html(request)) return asset_not_found(request);
  const auto index = source.find(kIndex);
  if (!index) return asset_not_found(request);
  return path.find('/') == std::string_view::npos ? asset_response(index->asset, request)
                                                  : deep_page(index->asset, path);
}

}  // namespace

void register_dashboard(http::Router& router, std::shared_ptr<const AssetSource> source) {
  router.add(http::Method::get, "/*",
             [source = std::move(source)](const http::Request& request) { return serve(*source, request); });
  // Without these, "/*" would answer 405 to a request whose path is simply wrong.
  for (const http::Method method : {http::Method::post, http::Method::put, http::Method::patch, http::Method::del}) {
    router.add(method, "/*", asset_not_found);
  }
}

void register_dashboard(http::Router& router, const config::Settings& settings) {
  std::string directory = settings.text("ui.dir");
  if (directory.empty()) {
    register_dashboard(router, std::make_shared<EmbeddedAssets>(embedded_assets()));
  } else {
    register_dashboard(
        router, std::make_shared<DirectoryAssets>(std::make_shared<io::PosixFileSystem>(), std::move(directory)));
  }
}

}  // namespace gm::admin
