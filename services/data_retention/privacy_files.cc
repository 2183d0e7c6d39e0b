#include "services/data_retention/privacy_files.h"

#include <fmt/format.h>

#include "services/data_retention/player_export.h"

namespace gm::data_retention {
namespace {

constexpr size_t kPieceBytes = size_t{256} << 10;

Error gone() {
  return {"gm-privacy-file-gone",
          "the request has no file: it is not made yet, or its time is over; ask for another export"};
}

}  // namespace

PrivacyFiles::PrivacyFiles(store::ObjectStore& objects, int64_t downloads_max)
    : objects_(objects), downloads_max_(static_cast<size_t>(downloads_max)), threads_(downloads_max_, downloads_max_) {}

Result<http::Response> PrivacyFiles::begin(const store::PrivacyRequest& request,
                                           std::shared_ptr<http::ResponseStream> stream) {
  if (!request.file || request.state != store::PrivacyState::done) return gone();
  const std::string name = export_object(request);
  // A first byte, so that what cannot be sent has a status of its own.
  const auto first = objects_.read(name, 0, 1);
  if (!first) return first.error().code == "gm-object-unknown" ? gone() : first.error();
  if (running_.fetch_add(1) >= downloads_max_) {
    --running_;
    return Error{"gm-privacy-busy", "as many files are being sent as privacy.downloads_max allows; try again"};
  }
  const bool begun = threads_.submit([this, name, bytes = request.file->bytes, held = std::move(stream)]() mutable {
    feed(name, bytes, *held);
    // The place is free before the answer ends: whoever has the whole of it may ask for the next one.
    --running_;
    held.reset();
  });
  if (!begun) {
    --running_;
    return Error{"gm-privacy-busy", "the server stops"};
  }
  http::Response response;
  response.content_type = "application/zip";
  response.headers.emplace_back("Cache-Control", "no-store");
  response.headers.emplace_back("X-Accel-Buffering", "no");
  response.headers.emplace_back("Content-Disposition",
                                fmt::format("attachment; filename=\"player-data-{}.zip\"", request.id));
  return response;
}

void PrivacyFiles::feed(const std::string& name, uint64_t bytes, http::ResponseStream& stream) {
  for (uint64_t at = 0; at < bytes;) {
    auto piece = objects_.read(name, at, kPieceBytes);
    // Removed meanwhile, or the disk: the reader sees that it has not the whole.
    if (!piece || piece->empty()) return stream.break_off();
    at += piece->size();
    if (!stream.send_when_room(std::move(*piece))) return;
  }
}

}  // namespace gm::data_retention
