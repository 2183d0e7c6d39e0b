#include "lib/http/guarded_client.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <memory>
#include <mutex>
#include <optional>

#include "lib/http/header_text.h"

namespace gm::http {
namespace {

constexpr size_t kUrlBytesMax = 2000;
constexpr size_t kHeadersMax = 100;

struct UrlDeleter {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};
struct ListDeleter {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
struct HandleDeleter {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};
using Url = std::unique_ptr<CURLU, UrlDeleter>;
using HeaderList = std::unique_ptr<curl_slist, ListDeleter>;
using Handle = std::unique_ptr<CURL, HandleDeleter>;

Url parse(const std::string& text) {
  Url url(curl_url());
  if (url && curl_url_set(url.get(), CURLUPART_URL, text.c_str(), CURLU_NON_SUPPORT_SCHEME) != CURLUE_OK) url.reset();
  return url;
}

std::string part(const Url& url, CURLUPart which) {
  char* text = nullptr;
  if (curl_url_get(url.get(), which, &text, 0) != CURLUE_OK) return {};
  std::string copy(text);
  curl_free(text);
  return copy;
}

std::optional<IpAddress> address_of(const curl_sockaddr& target) {
  char text[INET6_ADDRSTRLEN] = "";
  const void* bytes = target.family == AF_INET
                          ? static_cast<const void*>(&reinterpret_cast<const sockaddr_in*>(&target.addr)->sin_addr)
                          : static_cast<const void*>(&reinterpret_cast<const sockaddr_in6*>(&target.addr)->sin6_addr);
  if (target.family != AF_INET && target.family != AF_INET6) return std::nullopt;
  if (inet_ntop(target.family, bytes, text, sizeof text) == nullptr) return std::nullopt;
  return IpAddress::parse(text);
}

// What the callbacks see and fill while a transfer runs.
struct Exchange {
  const GuardedOptions& options;
  ClientResponse response;
  bool refused = false;  // an address that may not be called
  bool cut = false;      // the body is longer than what is kept
};

curl_socket_t open_socket(void* user, curlsocktype purpose, curl_sockaddr* target) {
  auto& exchange = *static_cast<Exchange*>(user);
  const auto address = address_of(*target);
  if (purpose != CURLSOCKTYPE_IPCXN || !address || !exchange.options.may_call(*address)) {
    exchange.refused = true;
    return CURL_SOCKET_BAD;
  }
  const int kind = target->socktype | SOCK_CLOEXEC;
  return ::socket(target->family, kind, target->protocol);  // layers: allow, curl connects it to what was judged
}

int watch_progress(void* user, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  const auto& stopping = static_cast<Exchange*>(user)->options.stopping;
  return stopping && stopping() ? 1 : 0;
}

size_t take_body(char* data, size_t size, size_t count, void* user) {
  auto& exchange = *static_cast<Exchange*>(user);
  const size_t bytes = size * count, room = exchange.options.answer_bytes_max - exchange.response.body.size();
  exchange.response.body.append(data, std::min(bytes, room));
  exchange.cut = bytes > room;
  return exchange.cut ? 0 : bytes;  // anything but `bytes` makes curl stop
}

size_t take_header(char* data, size_t size, size_t count, void* user) {
  auto& exchange = *static_cast<Exchange*>(user);
  const std::string_view line(data, size * count);
  const size_t colon = line.find(':');
  if (line.starts_with("HTTP/")) {
    exchange.response.headers.clear();  // the final answer follows an interim one
  } else if (colon != std::string_view::npos && exchange.response.headers.size() < kHeadersMax) {
    exchange.response.headers.emplace_back(line.substr(0, colon), trim_spaces(line.substr(colon + 1)));
  }
  return line.size();
}

HeaderList header_list(const ClientHeaders& headers) {
  HeaderList list;
  const auto append = [&](const std::string& line) {
    curl_slist* longer = curl_slist_append(list.get(), line.c_str());
    if (longer == nullptr) return;
    (void)list.release();
    list.reset(longer);
  };
  for (const auto& [name, value] : headers) append(name + ": " + value);
  append("Expect:");  // no waiting for "100 Continue"
  append("Accept:");
  return list;
}

void set_up(CURL* curl, const std::string& url, const HeaderList& headers, std::string_view body, Exchange& exchange) {
  curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, exchange.options.plain_http ? "http,https" : "https");
  curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_NOPROXY, "*");  // a proxy would be the one that is judged
  curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(exchange.options.timeout_ms));
  curl_easy_setopt(curl, CURLOPT_FRESH_CONNECT, 1L);
  curl_easy_setopt(curl, CURLOPT_FORBID_REUSE, 1L);
  curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, open_socket);
  curl_easy_setopt(curl, CURLOPT_OPENSOCKETDATA, &exchange);
  curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, watch_progress);
  curl_easy_setopt(curl, CURLOPT_XFERINFODATA, &exchange);
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers.get());
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &exchange);
  curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_header);
  curl_easy_setopt(curl, CURLOPT_HEADERDATA, &exchange);
  curl_easy_setopt(curl, CURLOPT_POST, 1L);
  curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body.empty() ? "" : body.data());
  curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
}

}  // namespace

Status check_url(const std::string& url, bool plain_http) {
  const auto refused = [](const char* why) { return Error{"gm-url-refused", why}; };
  if (url.size() > kUrlBytesMax) return refused("the URL is longer than 2000 bytes");
  const Url parsed = parse(url);
  if (!parsed) return refused("this is no URL such as https://hooks.example/alerts");
  const std::string scheme = part(parsed, CURLUPART_SCHEME);
  if (scheme != "https" && (scheme != "http" || !plain_http)) return refused("the URL does not begin with https://");
  if (part(parsed, CURLUPART_HOST).empty()) return refused("the URL has no host");
  if (!part(parsed, CURLUPART_USER).empty() || !part(parsed, CURLUPART_PASSWORD).empty())
    return refused("a URL with a name or password in it is not called");
  return {};
}

std::string shown_url(const std::string& url) {
  const Url parsed = parse(url);
  if (!parsed) return {};
  const std::string port = part(parsed, CURLUPART_PORT);
  return part(parsed, CURLUPART_SCHEME) + "://" + part(parsed, CURLUPART_HOST) + (port.empty() ? "" : ":" + port);
}

GuardedClient::GuardedClient(GuardedOptions options) : options_(std::move(options)) {
  static std::once_flag once;
  std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
}

Result<ClientResponse> GuardedClient::post(const std::string& url, const ClientHeaders& headers,
                                           std::string_view body) const {
  if (Status fits = check_url(url, options_.plain_http); !fits) return fits.error();
  const Handle curl(curl_easy_init());
  if (!curl) return Error{"gm-http-client-failed", "libcurl could not be set up"};
  Exchange exchange{options_, {}};
  const HeaderList list = header_list(headers);
  set_up(curl.get(), url, list, body, exchange);
  const CURLcode code = curl_easy_perform(curl.get());
  long status = 0;
  curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &status);
  exchange.response.status = static_cast<int>(status);
  if (code == CURLE_OK || exchange.cut) return std::move(exchange.response);
  // Not which address: that would tell names of the inside to whoever asks from outside.
  if (exchange.refused && code == CURLE_COULDNT_CONNECT) {
    return Error{"gm-address-refused", shown_url(url) + " has no address of the public Internet"};
  }
  return Error{"gm-http-client-failed", shown_url(url) + ": " + curl_easy_strerror(code)};
}

}  // namespace gm::http
