#include "services/event_ingestion/key_within.h"

#include <algorithm>

#include "lib/security/keys.h"

namespace gm::event_ingestion {
namespace {

constexpr std::string_view kPrefix = "gm_wk_";

bool is_alphanumeric(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

}  // namespace

std::string_view write_key_within(std::string_view body) {
  for (size_t at = body.find(kPrefix); at != std::string_view::npos; at = body.find(kPrefix, at + 1)) {
    const std::string_view rest = body.substr(at + kPrefix.size());
    const auto end = std::find_if_not(rest.begin(), rest.end(), is_alphanumeric);
    const auto key = body.substr(at, kPrefix.size() + static_cast<size_t>(end - rest.begin()));
    if (security::looks_like_key(key)) return key;
  }
  return {};
}

}  // namespace gm::event_ingestion
