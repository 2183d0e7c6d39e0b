#pragma once
// A file of a page as a response: in the smallest form that the client takes, with its tag and what every page is sent
// with.

#include "lib/http/message.h"
#include "services/admin/asset.h"

namespace gm::admin {

// 304 when the client has it. Names below assets/ hold a hash of the content, and may be kept for ever.
http::Response asset_response(const Asset& asset, const http::Request& request);
// gm-route-unknown.
http::Response asset_not_found(const http::Request& request);

}  // namespace gm::admin
