#include "services/event_ingestion/dialects/countly/countly_form.h"

#include "lib/codec/percent_encode.h"

namespace gm::event_ingestion {
namespace {

// What stands in quotes behind `name=`; empty when there is none.
std::string_view quoted_after(std::string_view text, std::string_view name) {
  const size_t start = text.find(name);
  if (start == std::string_view::npos) return {};
  text.remove_prefix(start + name.size());
  const size_t end = text.find('"');
  return end == std::string_view::npos ? std::string_view() : text.substr(0, end);
}

// RFC 7578, as far as clients use it.
std::string multipart_form(std::string_view body, std::string_view boundary) {
  const std::string delimiter = "--" + std::string(boundary);
  std::string form;
  size_t at = body.find(delimiter);
  while (at != std::string_view::npos) {
    const size_t start = at + delimiter.size();
    at = body.find(delimiter, start);
    std::string_view part = body.substr(start, at == std::string_view::npos ? at : at - start);
    const size_t head_end = part.find("\r\n\r\n");
    if (head_end == std::string_view::npos) continue;
    const std::string_view head = part.substr(0, head_end);
    part.remove_prefix(head_end + 4);
    if (part.ends_with("\r\n")) part.remove_suffix(2);
    const std::string_view name = quoted_after(head, " name=\"");
    if (name.empty() || head.find(" filename=\"") != std::string_view::npos) continue;
    if (!form.empty()) form += '&';
    form += codec::percent_encode(name) + '=' + codec::percent_encode(part);
  }
  return form;
}

}  // namespace

std::string countly_form(const Call& call) {
  std::string form(call.request.query);
  if (call.body.empty()) return form;
  const std::string_view type = call.request.header("content-type");
  constexpr std::string_view kBoundary = "boundary=";
  const size_t boundary = type.find(kBoundary);
  if (!form.empty()) form += '&';
  if (type.starts_with("multipart/form-data") && boundary != std::string_view::npos) {
    return form += multipart_form(call.body, type.substr(boundary + kBoundary.size()));
  }
  return form += call.body;
}

}  // namespace gm::event_ingestion
