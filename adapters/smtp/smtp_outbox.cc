#include "adapters/smtp/smtp_outbox.h"

#include <curl/curl.h>

#include <algorithm>
#include <array>
#include <mutex>

namespace gm::smtp {
namespace {

struct HandleDeleter {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};
struct ListDeleter {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
struct UrlDeleter {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};

// What is left to send.
size_t give(char* out, size_t size, size_t count, void* user) {
  auto& left = *static_cast<std::string_view*>(user);
  const size_t bytes = std::min(size * count, left.size());
  std::copy_n(left.data(), bytes, out);
  left.remove_prefix(bytes);
  return bytes;
}

std::string part_of(CURLU* url, CURLUPart part) {
  char* text = nullptr;
  if (curl_url_get(url, part, &text, 0) != CURLUE_OK) return "";
  std::string copy = text;
  curl_free(text);
  return copy;
}

std::unique_ptr<CURLU, UrlDeleter> parsed(const std::string& text) {
  std::unique_ptr<CURLU, UrlDeleter> url(curl_url());
  if (!url || curl_url_set(url.get(), CURLUPART_URL, text.c_str(), CURLU_NON_SUPPORT_SCHEME) != CURLUE_OK)
    return nullptr;
  return url;
}

Error invalid(std::string_view what) { return {"gm-config-invalid-value", std::string(what)}; }

}  // namespace

SmtpSettings SmtpSettings::from_settings(const config::Settings& settings) {
  SmtpSettings made;
  made.url = settings.text("mail.url");
  made.from = settings.text("mail.from");
  made.user = settings.text("mail.user");
  made.ca_file = settings.text("mail.ca_file");
  made.timeout_ms = settings.duration_ms("mail.timeout");
  return made;
}

Status SmtpSettings::check() const {
  const auto parts = parsed(url);
  if (!parts) return invalid("mail.url is no URL such as smtp://mail.studio.example:587");
  const std::string scheme = part_of(parts.get(), CURLUPART_SCHEME);
  if (scheme != "smtp" && scheme != "smtps") return invalid("mail.url begins with smtp:// or smtps://");
  const std::string path = part_of(parts.get(), CURLUPART_PATH);
  for (const CURLUPart part : {CURLUPART_USER, CURLUPART_PASSWORD, CURLUPART_QUERY, CURLUPART_FRAGMENT}) {
    if (!part_of(parts.get(), part).empty() || (!path.empty() && path != "/"))
      return invalid("mail.url has a host and a port and nothing else: the name is mail.user, the password a file's");
  }
  if (!is_plain_address(from)) return invalid("mail.from is no address such as metrics@studio.example");
  if (user.empty() != password.empty())
    return invalid("mail.user and mail.password_file are given together or not at all");
  return {};
}

bool SmtpSettings::loopback() const {
  const auto parts = parsed(url);
  if (!parts) return false;
  const std::string host = part_of(parts.get(), CURLUPART_HOST);
  return host == "localhost" || host == "[::1]" ||
         (host.starts_with("127.") && host.find_first_not_of("0123456789.") == std::string::npos);
}

SmtpOutbox::SmtpOutbox(SmtpSettings settings, const Clock& clock, Random& random)
    : settings_(std::move(settings)), clock_(clock), random_(random) {
  static std::once_flag once;
  std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
}

Status SmtpOutbox::send(const identity::Letter& letter) {
  if (!is_plain_address(letter.to)) return Error{"gm-mail-address", "the address cannot be written to as it is"};
  const std::string message = message_text(letter, settings_.from, clock_.now_ms(), random_);
  std::string_view left = message;
  const std::unique_ptr<CURL, HandleDeleter> handle(curl_easy_init());
  const std::unique_ptr<curl_slist, ListDeleter> to(curl_slist_append(nullptr, ("<" + letter.to + ">").c_str()));
  if (!handle || !to) return Error{"gm-mail-failed", "libcurl cannot be started"};
  CURL* curl = handle.get();
  std::array<char, CURL_ERROR_SIZE> told{};
  const std::string from = "<" + settings_.from + ">";
  curl_easy_setopt(curl, CURLOPT_URL, settings_.url.c_str());
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_NOPROXY, "*");
  curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(settings_.timeout_ms));
  curl_easy_setopt(curl, CURLOPT_USE_SSL, static_cast<long>(settings_.loopback() ? CURLUSESSL_NONE : CURLUSESSL_ALL));
  curl_easy_setopt(curl, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  if (!settings_.ca_file.empty()) curl_easy_setopt(curl, CURLOPT_CAINFO, settings_.ca_file.c_str());
  if (!settings_.user.empty()) {
    curl_easy_setopt(curl, CURLOPT_USERNAME, settings_.user.c_str());
    curl_easy_setopt(curl, CURLOPT_PASSWORD, settings_.password.c_str());
  }
  curl_easy_setopt(curl, CURLOPT_MAIL_FROM, from.c_str());
  curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, to.get());
  curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
  curl_easy_setopt(curl, CURLOPT_READFUNCTION, give);
  curl_easy_setopt(curl, CURLOPT_READDATA, &left);
  curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, told.data());
  const CURLcode code = curl_easy_perform(curl);
  if (code == CURLE_OK) return {};
  return Error{"gm-mail-failed", told.front() != '\0' ? told.data() : curl_easy_strerror(code)};
}

}  // namespace gm::smtp
