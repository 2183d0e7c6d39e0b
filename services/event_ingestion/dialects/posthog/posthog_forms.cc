#include "services/event_ingestion/dialects/posthog/posthog_forms.h"

#include <charconv>

#include "lib/codec/gzip.h"
#include "lib/codec/text_codecs.h"

namespace gm::event_ingestion {
namespace {

constexpr int64_t kYear2021 = 1'609'459'200'000;

Error malformed(const char* what) { return {"gm-body-malformed", what}; }

bool looks_like_json(std::string_view text) {
  const size_t first = text.find_first_not_of(" \t\r\n");
  return first != std::string_view::npos && (text[first] == '{' || text[first] == '[');
}

std::string_view keep(std::string text, std::string& storage) {
  const size_t size = text.size();
  storage = std::move(text);
  storage.resize(size + http::kBodyPadding);
  return std::string_view(storage).substr(0, size);
}

}  // namespace

bool posthog_query_says_gzip(const http::Request& request) {
  return request.query_parameter("compression").starts_with("gzip");
}

int64_t posthog_sent_ms(const http::Request& request) {
  for (const char* name : {"sent_at", "_"}) {
    const std::string text = request.query_parameter(name);
    int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error == std::errc{} && end == text.data() + text.size() && value >= kYear2021) return value;
  }
  return 0;
}

Result<std::string_view> unwrap_posthog_body(const http::Request& request, std::string_view body,
                                             std::string& storage) {
  if (looks_like_json(body)) return body;
  std::string data(body);
  if (request.method == http::Method::get) {
    data = request.query_parameter("data");
    if (data.empty()) return malformed("the query has no readable field \"data\"");
    if (looks_like_json(data)) return keep(std::move(data), storage);
  } else if (body.starts_with("data=") ||
             request.header("content-type").starts_with("application/x-www-form-urlencoded")) {
    auto field = codec::form_value(body, "data");
    if (!field) return malformed("the form has no readable field \"data\"");
    data = std::move(*field);
    if (looks_like_json(data)) return keep(std::move(data), storage);
  }
  // A form turns the "+" of base64 into a space.
  for (char& c : data) c = c == ' ' ? '+' : c;
  auto decoded = codec::base64_decode(data);
  if (!decoded) return malformed("the body is neither JSON nor base64 of JSON");
  return keep(std::move(*decoded), storage);
}

http::Response posthog_no_flags() {
  http::Response response;
  response.body =
      R"({"flags":{},"featureFlags":{},"featureFlagPayloads":{},"errorsWhileComputingFlags":false,"sessionRecording":false})";
  return response;
}

http::Response posthog_no_recordings() {
  http::Response response;
  response.body = R"({"status":1,"quota_limited":["recordings"]})";
  return response;
}

http::Response posthog_config() {
  http::Response response;
  response.body =
      R"({"supportedCompression":["gzip","gzip-js"],"hasFeatureFlags":false,"sessionRecording":false,"surveys":false,"heatmaps":false})";
  return response;
}

}  // namespace gm::event_ingestion
