#include "services/admin/graphiql.h"

#include <utility>

#include "services/admin/asset_response.h"

namespace gm::admin {
namespace {

constexpr std::string_view kFolder = "/graphiql/";

http::Response serve(const AssetSource& source, const http::Request& request) {
  const std::string_view name = request.path.substr(kFolder.size());
  const auto found = source.find(name.empty() ? "index.html" : name);
  return found ? asset_response(found->asset, request) : asset_not_found(request);
}

// The page names its files relative to its folder, and the folder is named relative to where a proxy has put it.
http::Response to_folder(const http::Request&) {
  http::Response response;
  response.status = 308;
  response.content_type = {};
  response.headers.emplace_back("Location", "graphiql/");
  return response;
}

}  // namespace

void register_graphiql(http::Router& router, std::shared_ptr<const AssetSource> source) {
  router.add(http::Method::get, "/graphiql", to_folder);
  router.add(http::Method::get, std::string(kFolder) + "*",
             [source = std::move(source)](const http::Request& request) { return serve(*source, request); });
}

void register_graphiql(http::Router& router, const config::Settings& settings) {
  if (!settings.boolean("graphql.graphiql")) return;
  register_graphiql(router, std::make_shared<EmbeddedAssets>(embedded_graphiql()));
}

}  // namespace gm::admin
