#pragma once
// Which stored form of a file a client can take.

#include <cstdint>
#include <string_view>

namespace gm::admin {

struct AcceptedCodings {
  bool brotli = false;
  bool gzip = false;
};

// Reads an Accept-Encoding header. "q=0" refuses a coding; other weights are not compared, since the smallest form
// wins.
AcceptedCodings accepted_codings(std::string_view accept_encoding);

// True when one of the entity tags of an If-None-Match header is `tag` (with its quotes), compared weakly as RFC 9110
// asks for.
bool tag_matches(std::string_view if_none_match, std::string_view tag);

}  // namespace gm::admin
