#include "lib/mail/mail_sender.h"

#include <curl/curl.h>

#include <algorithm>
#include <ctime>
#include <memory>
#include <mutex>

#include "lib/base/time.h"
#include "lib/base/utf8.h"
#include "lib/codec/text_codecs.h"

namespace gm::mail {
namespace {

constexpr size_t kAddressBytesMax = 254;
constexpr size_t kSubjectBytesMax = 200;
constexpr size_t kEncodedPieceBytes = 42;  // 56 characters of base64; an encoded word has 75 at most

struct HandleDeleter {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};
struct ListDeleter {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
struct MimeDeleter {
  void operator()(curl_mime* mime) const { curl_mime_free(mime); }
};
using Handle = std::unique_ptr<CURL, HandleDeleter>;
using List = std::unique_ptr<curl_slist, ListDeleter>;
using Mime = std::unique_ptr<curl_mime, MimeDeleter>;

void append(List& list, const std::string& line) {
  curl_slist* longer = curl_slist_append(list.get(), line.c_str());
  if (longer == nullptr) return;
  (void)list.release();
  list.reset(longer);
}

std::string host_of(const std::string& address) { return address.substr(address.find('@') + 1); }

List headers_of(const Mail& mail, const std::string& from) {
  std::string to;
  for (const std::string& one : mail.to) to += (to.empty() ? "<" : ", <") + one + ">";
  List headers;
  append(headers, "Date: " + mail_date(mail.date_ms));
  append(headers, "From: <" + from + ">");
  append(headers, "To: " + to);
  append(headers, "Subject: " + encoded_header(mail.subject));
  append(headers, "Message-ID: <" + mail.id + "@" + host_of(from) + ">");
  append(headers, "Auto-Submitted: auto-generated");  // RFC 3834: nobody's holiday note answers
  return headers;
}

curl_mimepart* add_part(curl_mime* mime, const std::string& type, const std::string& data, const char* encoding) {
  curl_mimepart* part = curl_mime_addpart(mime);
  curl_mime_data(part, data.data(), data.size());
  curl_mime_type(part, type.c_str());
  curl_mime_encoder(part, encoding);
  return part;
}

// Text beside (HTML with its pictures): multipart/alternative of text/plain and multipart/related.
Mime body_of(CURL* curl, const Mail& mail) {
  Mime mixed(curl_mime_init(curl));
  curl_mime* alternative = curl_mime_init(curl);
  curl_mime* related = curl_mime_init(curl);
  add_part(alternative, "text/plain; charset=utf-8", mail.text, "quoted-printable");
  add_part(related, "text/html; charset=utf-8", mail.html, "quoted-printable");
  for (const Picture& picture : mail.pictures) {
    curl_mimepart* part = add_part(related, picture.content_type, picture.bytes, "base64");
    List own;
    append(own, "Content-ID: <" + picture.content_id + ">");
    append(own, "Content-Disposition: inline");
    curl_mime_headers(part, own.release(), 1);
  }
  curl_mimepart* second = curl_mime_addpart(alternative);
  curl_mime_subparts(second, related);
  curl_mime_type(second, "multipart/related");
  curl_mimepart* all = curl_mime_addpart(mixed.get());
  curl_mime_subparts(all, alternative);
  curl_mime_type(all, "multipart/alternative");
  return mixed;
}

int watch_progress(void* user, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  const auto& stopping = *static_cast<const std::function<bool()>*>(user);
  return stopping && stopping() ? 1 : 0;
}

void set_up(CURL* curl, const MailSettings& settings, const List& headers, const List& recipients, const Mime& body) {
  curl_easy_setopt(curl, CURLOPT_URL, settings.url.c_str());
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_NOPROXY, "*");
  curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(settings.timeout_ms));
  curl_easy_setopt(curl, CURLOPT_USE_SSL, static_cast<long>(settings.require_tls ? CURLUSESSL_ALL : CURLUSESSL_TRY));
  if (!settings.ca_file.empty()) curl_easy_setopt(curl, CURLOPT_CAINFO, settings.ca_file.c_str());
  if (!settings.user.empty()) {
    curl_easy_setopt(curl, CURLOPT_USERNAME, settings.user.c_str());
    curl_easy_setopt(curl, CURLOPT_PASSWORD, settings.password.c_str());
  }
  curl_easy_setopt(curl, CURLOPT_MAIL_FROM, ("<" + settings.from + ">").c_str());
  curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, recipients.get());
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers.get());
  curl_easy_setopt(curl, CURLOPT_MIMEPOST, body.get());
  curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, watch_progress);
}

// Control characters would begin another header.
std::string one_line(std::string_view text) {
  std::string line = replace_invalid_utf8(text);
  std::ranges::replace_if(line, [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; }, ' ');
  size_t bytes = 0;
  while (bytes < line.size()) {
    const size_t next = bytes + utf8_sequence_length(std::string_view(line).substr(bytes));
    if (next > kSubjectBytesMax) break;
    bytes = next;
  }
  return line.substr(0, bytes);
}

}  // namespace

bool is_mail_address(std::string_view text) {
  const size_t at = text.find('@');
  if (at == 0 || at == std::string_view::npos || at + 1 == text.size() || text.size() > kAddressBytesMax) return false;
  if (text.find('@', at + 1) != std::string_view::npos) return false;
  return std::ranges::none_of(text, [](char c) {
    return static_cast<unsigned char>(c) <= ' ' || static_cast<unsigned char>(c) >= 0x7f ||
           std::string_view("<>()[]\\,;:\"").find(c) != std::string_view::npos;
  });
}

std::string encoded_header(std::string_view text) {
  const std::string line = one_line(text);
  if (std::ranges::all_of(line, [](char c) { return static_cast<unsigned char>(c) < 0x7f; })) return line;
  std::string out;
  for (size_t begin = 0; begin < line.size();) {
    size_t end = begin, next = begin;
    while (next < line.size() && next - begin <= kEncodedPieceBytes) {
      end = next;
      next += utf8_sequence_length(std::string_view(line).substr(next));
    }
    if (next >= line.size() && next - begin <= kEncodedPieceBytes) end = line.size();
    out += (out.empty() ? "=?UTF-8?B?" : "\r\n =?UTF-8?B?");
    out += codec::base64_encode(line.substr(begin, end - begin)) + "?=";
    begin = end;
  }
  return out;
}

std::string mail_date(int64_t unix_ms) {
  const std::time_t seconds = unix_ms / kMsPerSecond;
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  char text[64];
  const size_t bytes = std::strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S +0000", &parts);
  return {text, bytes};
}

MailSender::MailSender(MailSettings settings, std::function<bool()> stopping)
    : settings_(std::move(settings)), stopping_(std::move(stopping)) {
  static std::once_flag once;
  std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
}

MailAnswer MailSender::send(const Mail& mail) const {
  if (settings_.url.empty()) return {0, "there is no mail server (mail.url)"};
  const Handle curl(curl_easy_init());
  if (!curl) return {0, "libcurl could not be set up"};
  List recipients;
  for (const std::string& one : mail.to) append(recipients, "<" + one + ">");
  const List headers = headers_of(mail, settings_.from);
  const Mime body = body_of(curl.get(), mail);
  set_up(curl.get(), settings_, headers, recipients, body);
  curl_easy_setopt(curl.get(), CURLOPT_XFERINFODATA, &stopping_);
  const CURLcode code = curl_easy_perform(curl.get());
  long status = 0;
  curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &status);
  return {static_cast<int>(status), code == CURLE_OK ? "" : curl_easy_strerror(code)};
}

}  // namespace gm::mail
