// Sends with libcurl (7.32 or newer); link with -lcurl. With GAMEMETRICS_ZLIB defined there is zlib_gzip, too; link
// with -lz. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <curl/curl.h>

#include <memory>
#include <string>

#include "gamemetrics/options.h"

#ifdef GAMEMETRICS_ZLIB
#include <zlib.h>
#endif

namespace gamemetrics {
namespace internal {

struct CurlDeleter {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

inline size_t curl_body(char* data, size_t size, size_t count, void* to) {
  constexpr size_t kAnswerBytesMax = 1 << 20;
  auto& text = *static_cast<std::string*>(to);
  if (text.size() + size * count > kAnswerBytesMax) return 0;
  text.append(data, size * count);
  return size * count;
}

inline size_t curl_header(char* data, size_t size, size_t count, void* to) {
  constexpr char kName[] = "retry-after:";
  const std::string line(data, size * count);
  std::string name = line.substr(0, sizeof kName - 1);
  for (char& c : name) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
  if (name == kName) {
    const size_t start = line.find_first_not_of(" \t", name.size()), end = line.find_last_not_of(" \t\r\n");
    if (start != std::string::npos && end >= start)
      *static_cast<std::string*>(to) = line.substr(start, end - start + 1);
  }
  return size * count;
}

inline int curl_progress(void* cancelled, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return static_cast<const std::atomic<bool>*>(cancelled)->load() ? 1 : 0;
}

inline std::unique_ptr<curl_slist, CurlDeleter> curl_headers(const Request& request) {
  curl_slist* list = curl_slist_append(nullptr, ("Authorization: " + request.authorization).c_str());
  list = curl_slist_append(list, "Content-Type: application/json");
  list = curl_slist_append(list, "Expect:");  // or curl waits a second for a go-ahead before a large body
  if (request.gzip) list = curl_slist_append(list, "Content-Encoding: gzip");
  return std::unique_ptr<curl_slist, CurlDeleter>(list);
}

}  // namespace internal

// Call curl_global_init before making it, as libcurl asks of every program. The handle keeps its connection.
inline Transport curl_transport() {
  const std::shared_ptr<CURL> handle(curl_easy_init(), internal::CurlDeleter());
  return [handle](const Request& request) {
    Answer answer;
    CURL* const curl = handle.get();
    if (!curl) return answer;
    const auto headers = internal::curl_headers(request);
    curl_easy_setopt(curl, CURLOPT_URL, request.url.c_str());
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers.get());
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "gamemetrics-cpp/0.1.0");
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request.body.data());
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(request.timeout_ms));
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, internal::curl_body);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &answer.body);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, internal::curl_header);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, &answer.retry_after);
    curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, internal::curl_progress);
    curl_easy_setopt(curl, CURLOPT_XFERINFODATA, request.cancelled);
    curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    if (curl_easy_perform(curl) != CURLE_OK) return Answer{};
    long status = 0;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    answer.status = static_cast<int>(status);
    return answer;
  };
}

#ifdef GAMEMETRICS_ZLIB
// For Options::gzip; "" when zlib refuses, and the body is then sent plain.
inline std::string zlib_gzip(const std::string& text) {
  constexpr int kGzipWindow = 15 + 16;
  z_stream stream{};
  if (deflateInit2(&stream, 6, Z_DEFLATED, kGzipWindow, 8, Z_DEFAULT_STRATEGY) != Z_OK) return {};
  std::string out(deflateBound(&stream, static_cast<uLong>(text.size())), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));  // zlib only reads it
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(&out[0]);
  stream.avail_out = static_cast<uInt>(out.size());
  const bool done = deflate(&stream, Z_FINISH) == Z_STREAM_END;
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return done ? out : std::string{};
}
#endif

}  // namespace gamemetrics
