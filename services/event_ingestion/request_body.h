#pragma once
// A request's body after its content coding was undone, and the bytes that it holds of the budget.

#include <optional>
#include <string_view>
#include <utility>

#include "lib/codec/decompression.h"
#include "lib/http/byte_budget.h"
#include "lib/http/message.h"
#include "services/event_ingestion/decoding/ingest_settings.h"

namespace gm::event_ingestion {

class RequestBody {
 public:
  // Content-Encoding gzip, deflate, br, zstd or identity. `says_gzip`: the request says so outside of its headers. gzip
  // is also known by its first bytes: browsers send it as plain text. Errors: gm-encoding-unsupported,
  // gm-body-malformed, gm-decompression-limit, gm-overloaded.
  static Result<RequestBody> open(const http::Request& request, bool says_gzip, const IngestSettings& settings,
                                  http::ByteBudget& budget);
  RequestBody(RequestBody&& other) noexcept
      : plain_(std::exchange(other.plain_, {})),
        inflated_(std::move(other.inflated_)),
        budget_(std::exchange(other.budget_, nullptr)),
        taken_(other.taken_) {}
  RequestBody& operator=(RequestBody&&) = delete;
  ~RequestBody() {
    if (budget_) budget_->give(taken_);
  }
  // http::kBodyPadding readable bytes follow.
  std::string_view view() const { return inflated_ ? inflated_->view() : plain_; }

 private:
  RequestBody() = default;
  std::string_view plain_;
  std::optional<codec::Decompressed> inflated_;
  http::ByteBudget* budget_ = nullptr;
  size_t taken_ = 0;
};

}  // namespace gm::event_ingestion
