#pragma once
// Mail to a submission server: text and HTML beside each other, and pictures that the HTML shows.

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/result.h"

namespace gm::mail {

struct MailSettings {
  std::string url;  // smtp:// or smtps://; empty: there is no mail
  std::string from;
  std::string user, password;
  std::string ca_file;
  bool require_tls = true;
  int64_t timeout_ms = 0;
};

struct Picture {
  std::string content_id;
  std::string content_type;
  std::string bytes;
};

struct Mail {
  std::string id;  // of the Message-ID, before the "@": letters, digits, '-', '_', '.'
  std::vector<std::string> to;
  std::string subject;  // any text
  std::string text, html;
  std::vector<Picture> pictures;
  int64_t date_ms = 0;
};

// What may stand in a header and in a command of SMTP: one "@", no spaces, no quotes, ASCII, 254 bytes at most.
bool is_mail_address(std::string_view text);

struct MailAnswer {
  int status = 0;       // of the server; 0: there was no answer
  std::string trouble;  // empty: the server has taken it
};

class MailSender {
 public:
  // `stopping`: true breaks off what is being sent; empty: never.
  explicit MailSender(MailSettings settings, std::function<bool()> stopping = {});
  // Precondition: is_mail_address() of all of `to`.
  MailAnswer send(const Mail& mail) const;

 private:
  const MailSettings settings_;
  const std::function<bool()> stopping_;
};

// "=?UTF-8?B?...?=" in pieces where it has to be, as RFC 2047 wants it; text of ASCII as it is.
std::string encoded_header(std::string_view text);
// "Thu, 26 Nov 2026 12:00:00 +0000".
std::string mail_date(int64_t unix_ms);

}  // namespace gm::mail
