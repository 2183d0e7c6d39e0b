#include "services/admin/api_docs.h"

#include <utility>

#include "services/admin/security_headers.h"

extern "C" {
extern const char gm_openapi_json[];
extern const char gm_openapi_json_end[];
extern const char gm_api_docs_css[];
extern const char gm_api_docs_css_end[];
}

namespace gm::admin {
namespace {

std::string_view between(const char* begin, const char* end) { return {begin, static_cast<size_t>(end - begin)}; }

void serve(http::Router& router, std::string path, std::string_view content_type, std::string body) {
  http::Response page;
  page.content_type = content_type;
  page.body = std::move(body);
  add_security_headers(page);
  page.headers.emplace_back("Cache-Control", "no-cache");
  // Tools in a browser on another origin may read the description: it is the same for everybody.
  if (path == "/openapi.json") page.headers.emplace_back("Access-Control-Allow-Origin", "*");
  router.add(http::Method::get, std::move(path), [page = std::move(page)](const http::Request&) { return page; });
}

}  // namespace

std::string_view openapi_json() { return between(gm_openapi_json, gm_openapi_json_end); }

void register_api_docs(http::Router& router, const std::vector<ErrorNote>& errors) {
  constexpr std::string_view kHtml = "text/html; charset=utf-8";
  serve(router, "/openapi.json", "application/json", std::string(openapi_json()));
  serve(router, "/docs", kHtml, render_api_page(openapi_json()));
  serve(router, "/docs/errors", kHtml, render_error_page(errors));
  serve(router, "/docs/style.css", "text/css; charset=utf-8",
        std::string(between(gm_api_docs_css, gm_api_docs_css_end)));
}

}  // namespace gm::admin
