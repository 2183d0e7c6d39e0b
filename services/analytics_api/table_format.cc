#include "services/analytics_api/table_format.h"

#include <fmt/format.h>

#include "services/analytics_api/accept.h"

namespace gm::analytics_api {
namespace {

constexpr size_t kWordLengthMax = 10;

struct Form {
  std::string_view name, media_type, content_type;
};
// In the order of TableFormat.
constexpr Form kForms[] = {
    {"json", "application/json", "application/json"},
    {"csv", "text/csv", "text/csv; charset=utf-8; header=present"},
    {"ndjson", "application/x-ndjson", "application/x-ndjson"},
    {"parquet", "application/vnd.apache.parquet", "application/vnd.apache.parquet"},
};

const Form& form(TableFormat format) { return kForms[static_cast<size_t>(format)]; }

// Only a type that is named is wanted: a wildcard means json.
TableFormat accepted_format(std::string_view accept) {
  TableFormat best = TableFormat::json;
  double quality = 0;
  for (size_t i = 0; i < std::size(kForms); ++i) {
    const Preference found = preference(accept, kForms[i].media_type);
    if (found.specificity < 2 || found.quality <= quality) continue;
    best = static_cast<TableFormat>(i);
    quality = found.quality;
  }
  return best;
}

}  // namespace

TableFormat wanted_format(const http::Request& request, Parameters& parameters) {
  const auto word = parameters.tag("format", kWordLengthMax);
  if (!word) return accepted_format(request.header("accept"));
  for (size_t i = 0; i < std::size(kForms); ++i) {
    if (*word == kForms[i].name) return static_cast<TableFormat>(i);
  }
  parameters.complain("format", "not one of: json, csv, ndjson, parquet");
  return TableFormat::json;
}

std::string_view format_name(TableFormat format) { return form(format).name; }
std::string_view content_type(TableFormat format) { return form(format).content_type; }

http::Response file_response(TableFormat format, std::string_view name) {
  http::Response response;
  response.content_type = content_type(format);
  response.headers.emplace_back("Cache-Control", "no-store");
  response.headers.emplace_back("Vary", "Accept");
  response.headers.emplace_back("Content-Disposition",
                                fmt::format("attachment; filename=\"{}.{}\"", name, format_name(format)));
  return response;
}

}  // namespace gm::analytics_api
