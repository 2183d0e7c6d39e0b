#include "services/event_ingestion/request_body.h"

#include "lib/codec/brotli.h"
#include "lib/codec/gzip.h"
#include "lib/codec/zstd.h"
#include "lib/http/header_text.h"

namespace gm::event_ingestion {
namespace {

static_assert(codec::Decompressed::kPadding >= http::kBodyPadding);

enum class Coding : uint8_t { identity, gzip, deflate, br, zstd };

struct NamedCoding {
  std::string_view name;
  Coding coding;
};
constexpr NamedCoding kCodings[] = {{"", Coding::identity},   {"identity", Coding::identity}, {"gzip", Coding::gzip},
                                    {"x-gzip", Coding::gzip}, {"deflate", Coding::deflate},   {"br", Coding::br},
                                    {"zstd", Coding::zstd}};

Result<Coding> coding_of(const http::Request& request, bool says_gzip) {
  const std::string_view said = request.header("content-encoding");
  for (const auto& [name, coding] : kCodings) {
    if (!http::equals_ignoring_case(said, name)) continue;
    const bool gzip_is_seen = codec::looks_like_gzip(request.body);
    if ((coding == Coding::gzip || says_gzip) && !gzip_is_seen)
      return Error{"gm-body-malformed", "the body is not gzip although the request says so"};
    // Browsers send gzip as plain text, and some clients call it deflate.
    if (gzip_is_seen && (coding == Coding::identity || coding == Coding::deflate)) return Coding::gzip;
    return coding;
  }
  return Error{"gm-encoding-unsupported", "Content-Encoding must be one of gzip, deflate, br, zstd, identity"};
}

Result<codec::Decompressed> decompress(Coding coding, std::string_view body, const codec::DecompressLimits& limits) {
  if (coding == Coding::br) return codec::brotli_decompress(body, limits);
  if (coding == Coding::zstd) return codec::zstd_decompress(body, limits);
  return codec::decompress(body, coding == Coding::gzip, limits);
}

}  // namespace

Result<RequestBody> RequestBody::open(const http::Request& request, bool says_gzip, const IngestSettings& settings,
                                      http::ByteBudget& budget) {
  const auto coding = coding_of(request, says_gzip);
  if (!coding) return coding.error();
  RequestBody body;
  body.plain_ = request.body;
  if (*coding == Coding::identity) return body;
  auto inflated =
      decompress(*coding, request.body, {settings.decompressed_bytes_max, settings.decompression_ratio_max});
  if (!inflated) return inflated.error();
  if (!budget.take(inflated->view().size()))
    return Error{"gm-overloaded", "ingest.in_flight_bytes_max is reached; send again later"};
  body.budget_ = &budget;
  body.taken_ = inflated->view().size();
  body.inflated_ = std::move(*inflated);
  return body;
}

}  // namespace gm::event_ingestion
