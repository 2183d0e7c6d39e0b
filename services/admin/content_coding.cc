#include "services/admin/content_coding.h"

#include "lib/http/header_text.h"

namespace gm::admin {
namespace {

// Takes the next part of a comma-separated list.
std::string_view take_part(std::string_view& list) {
  const size_t end = list.find(',');
  const std::string_view part = http::trim_spaces(list.substr(0, end));
  list = end == std::string_view::npos ? std::string_view{} : list.substr(end + 1);
  return part;
}

// "q=0", "q=0.0", "q=0.000": the client refuses it.
bool is_refused(std::string_view parameters) {
  const size_t start = parameters.find("q=");
  if (start == std::string_view::npos) return false;
  const std::string_view weight = http::trim_spaces(parameters.substr(start + 2));
  return !weight.empty() && weight.find_first_not_of("0.") == std::string_view::npos;
}

}  // namespace

AcceptedCodings accepted_codings(std::string_view accept_encoding) {
  AcceptedCodings accepted;
  while (!accept_encoding.empty()) {
    const std::string_view part = take_part(accept_encoding);
    const size_t semicolon = part.find(';');
    const std::string_view name = http::trim_spaces(part.substr(0, semicolon));
    const bool wanted = semicolon == std::string_view::npos || !is_refused(part.substr(semicolon + 1));
    if (http::equals_ignoring_case(name, "br")) accepted.brotli = wanted;
    if (http::equals_ignoring_case(name, "gzip")) accepted.gzip = wanted;
  }
  return accepted;
}

bool tag_matches(std::string_view if_none_match, std::string_view tag) {
  if (tag.empty()) return false;
  while (!if_none_match.empty()) {
    std::string_view candidate = take_part(if_none_match);
    if (candidate == "*") return true;
    if (candidate.starts_with("W/")) candidate.remove_prefix(2);
    if (candidate == tag) return true;
  }
  return false;
}

}  // namespace gm::admin
