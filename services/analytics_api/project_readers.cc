#include "services/analytics_api/project_readers.h"

namespace gm::analytics_api {

void register_routes(http::Router& router, Dependencies dependencies) {
  register_routes(router, std::move(dependencies), nullptr);
}

}  // namespace gm::analytics_api
