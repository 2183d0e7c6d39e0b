#include "lib/http/client.h"

#include <curl/curl.h>

#include <mutex>

#include "lib/http/header_text.h"

namespace gm::http {
namespace {

constexpr int64_t kMsPerSecond = 1000;

struct ListDeleter {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using HeaderList = std::unique_ptr<curl_slist, ListDeleter>;

// What the callbacks fill while a transfer runs.
struct Transfer {
  ClientResponse response;
  size_t body_bytes_max = 0;
  bool too_long = false;
  CURL* handle = nullptr;
  const Client::BodySink* sink = nullptr;
};

bool succeeded(CURL* handle) {
  long status = 0;
  curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
  return status == 200;
}

size_t take_body(char* data, size_t size, size_t count, void* user) {
  auto& transfer = *static_cast<Transfer*>(user);
  const size_t bytes = size * count;
  if (transfer.sink != nullptr && succeeded(transfer.handle)) return (*transfer.sink)({data, bytes}) ? bytes : 0;
  if (bytes > transfer.body_bytes_max - transfer.response.body.size()) {
    transfer.too_long = true;
    return 0;  // anything but `bytes` makes curl stop
  }
  transfer.response.body.append(data, bytes);
  return bytes;
}

size_t take_header(char* data, size_t size, size_t count, void* user) {
  auto& transfer = *static_cast<Transfer*>(user);
  const std::string_view line(data, size * count);
  if (line.starts_with("HTTP/")) {
    transfer.response.headers.clear();  // the final answer follows an interim one such as 100
    return line.size();
  }
  const size_t colon = line.find(':');
  if (colon != std::string_view::npos) {
    transfer.response.headers.emplace_back(line.substr(0, colon), trim_spaces(line.substr(colon + 1)));
  }
  return line.size();
}

HeaderList make_header_list(const ClientHeaders& headers) {
  HeaderList list;
  const auto append = [&](const std::string& line) {
    curl_slist* longer = curl_slist_append(list.get(), line.c_str());
    if (longer != nullptr) {
      list.release();
      list.reset(longer);
    }
  };
  for (const auto& [name, value] : headers) append(value.empty() ? name + ";" : name + ": " + value);
  append("Expect:");  // no waiting for "100 Continue"
  return list;
}

}  // namespace

std::string_view ClientResponse::header(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (equals_ignoring_case(key, name)) return value;
  }
  return {};
}

struct Client::State {
  ClientOptions options;
  CURL* handle = nullptr;

  ~State() { curl_easy_cleanup(handle); }
};

Client::Client(ClientOptions options) : state_(std::make_unique<State>()) {
  static std::once_flag once;
  std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
  state_->options = options;
  state_->handle = curl_easy_init();
}
Client::~Client() = default;
Client::Client(Client&&) noexcept = default;
Client& Client::operator=(Client&&) noexcept = default;

Result<ClientResponse> Client::get(const std::string& url, const ClientHeaders& headers) {
  return request("GET", url, headers, {});
}

Result<ClientResponse> Client::post(const std::string& url, const ClientHeaders& headers, std::string_view body) {
  return request("POST", url, headers, body);
}

Result<ClientResponse> Client::request(const std::string& method, const std::string& url, const ClientHeaders& headers,
                                       std::string_view body) {
  return exchange(method, url, headers, body, nullptr);
}

Result<ClientResponse> Client::download(const std::string& method, const std::string& url, const ClientHeaders& headers,
                                        std::string_view body, const BodySink& sink) {
  return exchange(method, url, headers, body, &sink);
}

Result<ClientResponse> Client::exchange(const std::string& method, const std::string& url, const ClientHeaders& headers,
                                        std::string_view body, const BodySink* sink) {
  CURL* curl = state_->handle;
  if (curl == nullptr) return Error{"gm-http-client-failed", "libcurl could not be set up"};
  Transfer transfer;
  transfer.body_bytes_max = state_->options.body_bytes_max;
  transfer.handle = curl;
  transfer.sink = sink;
  const HeaderList list = make_header_list(headers);
  char message[CURL_ERROR_SIZE] = "";
  curl_easy_reset(curl);  // keeps open connections
  curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_NOPROXY, "*");
  curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(state_->options.connect_timeout_ms));
  if (sink == nullptr) {
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(state_->options.timeout_ms));
  } else {
    curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, 1L);
    curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, static_cast<long>(state_->options.timeout_ms / kMsPerSecond));
  }
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, list.get());
  curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, message);
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &transfer);
  curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_header);
  curl_easy_setopt(curl, CURLOPT_HEADERDATA, &transfer);
  if (method == "HEAD") {
    curl_easy_setopt(curl, CURLOPT_NOBODY, 1L);
  } else if (method != "GET") {
    curl_easy_setopt(curl, CURLOPT_POST, 1L);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body.empty() ? "" : body.data());
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
    curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, method.c_str());
  }
  const CURLcode code = curl_easy_perform(curl);
  if (transfer.too_long) {
    return Error{"gm-http-client-failed",
                 url + ": the answer is longer than " + std::to_string(transfer.body_bytes_max) + " bytes"};
  }
  if (code != CURLE_OK) {
    return Error{"gm-http-client-failed", url + ": " + (message[0] != '\0' ? message : curl_easy_strerror(code))};
  }
  long status = 0;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
  transfer.response.status = static_cast<int>(status);
  return std::move(transfer.response);
}

}  // namespace gm::http
