#include "services/admin/asset_response.h"

#include <string>

#include "services/admin/content_coding.h"
#include "services/admin/security_headers.h"

namespace gm::admin {
namespace {

constexpr std::string_view kHashedFolder = "assets/";  // Vite puts a hash of the content into these names

struct Form {
  std::string_view bytes;
  std::string_view coding;  // empty: as it is
};

Form choose_form(const Asset& asset, std::string_view accept_encoding) {
  const AcceptedCodings accepted = accepted_codings(accept_encoding);
  if (accepted.brotli && !asset.brotli.empty()) return {asset.brotli, "br"};
  if (accepted.gzip && !asset.gzip.empty()) return {asset.gzip, "gzip"};
  return {asset.identity, {}};
}

std::string_view cache_control(const Asset& asset) {
  if (asset.tag.empty()) return "no-store";
  return asset.path.starts_with(kHashedFolder) ? "public, max-age=31536000, immutable" : "no-cache";
}

}  // namespace

http::Response asset_response(const Asset& asset, const http::Request& request) {
  const Form form = choose_form(asset, request.header("Accept-Encoding"));
  http::Response response;
  response.content_type = asset.content_type;
  add_security_headers(response);
  response.headers.emplace_back("Cache-Control", cache_control(asset));
  response.headers.emplace_back("Vary", "Accept-Encoding");
  if (!asset.tag.empty()) {
    // Each form is a representation of its own and needs a tag of its own.
    std::string tag = "\"" + std::string(asset.tag);
    if (!form.coding.empty()) tag += "-" + std::string(form.coding);
    tag += "\"";
    response.headers.emplace_back("ETag", tag);
    if (tag_matches(request.header("If-None-Match"), tag)) {
      response.status = 304;
      return response;
    }
  }
  if (!form.coding.empty()) response.headers.emplace_back("Content-Encoding", form.coding);
  response.body = form.bytes;
  return response;
}

http::Response asset_not_found(const http::Request& request) {
  return http::problem(404, "gm-route-unknown", "There is nothing at this path.", request.trace_id);
}

}  // namespace gm::admin
