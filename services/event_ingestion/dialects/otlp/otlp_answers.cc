#include "services/event_ingestion/dialects/otlp/otlp_answers.h"

#include <algorithm>
#include <map>

#include "lib/codec/protobuf_wire.h"
#include "services/event_ingestion/decoding/property_writer.h"

namespace gm::event_ingestion {
namespace {

http::Response answer(OtlpEncoding encoding, int status, std::string body) {
  http::Response response;
  response.status = status;
  response.content_type = encoding == OtlpEncoding::json ? "application/json" : "application/x-protobuf";
  response.body = std::move(body);
  return response;
}

// "2 event_name_missing, 1 player_id_missing".
std::string reasons(const DecodedBatch& batch) {
  std::map<Tag, size_t> counts;
  for (const RefusedEvent& one : batch.refused) ++counts[one.tag];
  std::string text;
  for (const auto& [tag, count] : counts) {
    text += (text.empty() ? "" : ", ") + std::to_string(count) + " ";
    text += declaration_of(tag).name;
  }
  return text + "; they are kept among the rejected events";
}

bool is_type(std::string_view header, std::string_view type) {
  const std::string_view said = header.substr(0, header.find_first_of("; "));
  return std::equal(said.begin(), said.end(), type.begin(), type.end(),
                    [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a + ('a' - 'A') : a) == b; });
}

}  // namespace

std::optional<OtlpEncoding> otlp_encoding(const http::Request& request, std::string_view body) {
  const std::string_view type = request.header("content-type");
  if (is_type(type, "application/json")) return OtlpEncoding::json;
  if (is_type(type, "application/x-protobuf") || is_type(type, "application/protobuf")) return OtlpEncoding::protobuf;
  if (!type.empty()) return std::nullopt;
  return body.starts_with('{') ? OtlpEncoding::json : OtlpEncoding::protobuf;
}

Error otlp_too_many(const IngestSettings& limits) {
  return {"gm-batch-too-large",
          "more than ingest.batch_events_max = " + std::to_string(limits.batch_events_max) +
              " log records in one request, or records and the resource that each of them repeats are more than "
              "ingest.decompressed_bytes_max; set the exporter's batch size lower"};
}

http::Response otlp_stored(OtlpEncoding encoding, const DecodedBatch& batch) {
  const bool json = encoding == OtlpEncoding::json;
  if (batch.refused.empty()) return answer(encoding, 200, json ? "{}" : "");
  const std::string why = reasons(batch);
  if (json) {
    return answer(encoding, 200,
                  R"({"partialSuccess":{"rejectedLogRecords":")" + std::to_string(batch.refused.size()) +
                      R"(","errorMessage":)" + json_quoted(why) + "}}");
  }
  std::string partial, body;
  codec::append_protobuf_integer(partial, 1, batch.refused.size());
  codec::append_protobuf_bytes(partial, 2, why);
  codec::append_protobuf_bytes(body, 1, partial);
  return answer(encoding, 200, std::move(body));
}

http::Response otlp_error(OtlpEncoding encoding, int status, std::string_view message) {
  if (encoding == OtlpEncoding::json) return answer(encoding, status, "{\"message\":" + json_quoted(message) + "}");
  std::string body;
  codec::append_protobuf_bytes(body, 2, message);
  return answer(encoding, status, std::move(body));
}

}  // namespace gm::event_ingestion
