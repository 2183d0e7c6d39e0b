#include "services/event_ingestion/request_body.h"

namespace gm::event_ingestion {

static_assert(codec::Decompressed::kPadding >= http::kBodyPadding);

Result<RequestBody> RequestBody::open(const http::Request& request, bool says_gzip, const IngestSettings& settings,
                                      http::ByteBudget& budget) {
  RequestBody body;
  body.plain_ = request.body;
  const std::string_view coding = request.header("content-encoding");
  const bool deflate = coding == "deflate";
  if (!coding.empty() && coding != "identity" && coding != "gzip" && !deflate) {
    return Error{"gm-encoding-unsupported", "Content-Encoding must be gzip, deflate or identity"};
  }
  const bool gzip = codec::looks_like_gzip(request.body);
  if ((coding == "gzip" || says_gzip) && !gzip) {
    return Error{"gm-body-malformed", "the body is not gzip although the request says so"};
  }
  if (!gzip && !deflate) return body;
  auto inflated =
      codec::decompress(request.body, gzip, {settings.decompressed_bytes_max, settings.decompression_ratio_max});
  if (!inflated) return inflated.error();
  if (!budget.take(inflated->view().size()))
    return Error{"gm-overloaded", "ingest.in_flight_bytes_max is reached; send again later"};
  body.budget_ = &budget;
  body.taken_ = inflated->view().size();
  body.inflated_ = std::move(*inflated);
  return body;
}

}  // namespace gm::event_ingestion
