#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>

#include "adapters/smtp/smtp_outbox.h"
#include "lib/base/time.h"
#include "lib/codec/text_codecs.h"
#include "lib/security/secret_text.h"

namespace gm::smtp {
namespace {

constexpr size_t kEncodedLineBytes = 76;  // RFC 2045, 6.8
constexpr size_t kIdLength = 26;
constexpr std::string_view kAtomSpecials = "!#$%&'*+/=?^_`{|}~-";  // RFC 5322, 3.2.3

bool is_letter_or_digit(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// Atoms with a dot between each two.
bool is_dotted(std::string_view text, std::string_view specials) {
  if (text.empty() || text.front() == '.' || text.back() == '.' || text.find("..") != std::string_view::npos)
    return false;
  return std::ranges::all_of(
      text, [&](char c) { return is_letter_or_digit(c) || c == '.' || specials.find(c) != std::string_view::npos; });
}

// "Fri, 27 Nov 2026 07:05:00 +0000" (RFC 5322, 3.3).
std::string date_header(int64_t now_ms) {
  constexpr std::array<std::string_view, 7> kDays = {"Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"};
  constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const std::string text = format_iso8601(now_ms);  // "2026-11-27T07:05:00.000Z"
  const auto days = static_cast<size_t>(now_ms / kMsPerDay);
  const auto month = static_cast<size_t>(std::atoi(text.substr(5, 2).c_str()));
  return fmt::format("{}, {} {} {} {} +0000", kDays[days % kDays.size()], text.substr(8, 2), kMonths[month - 1],
                     text.substr(0, 4), text.substr(11, 8));
}

std::string with_crlf(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\n') out += '\r';
    out += c;
  }
  return out;
}

}  // namespace

bool is_plain_address(std::string_view address) {
  const size_t at = address.find('@');
  if (at == std::string_view::npos) return false;
  return is_dotted(address.substr(0, at), kAtomSpecials) && is_dotted(address.substr(at + 1), "-");
}

std::string message_text(const identity::Letter& letter, std::string_view from, int64_t now_ms, Random& random) {
  const std::string_view host = from.substr(from.find('@') + 1);
  std::string out = fmt::format(
      "Date: {}\r\nFrom: GameMetrics <{}>\r\nTo: <{}>\r\nMessage-ID: <{}@{}>\r\nSubject: {}\r\nMIME-Version: 1.0\r\n"
      "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\nAuto-Submitted: "
      "auto-generated\r\n\r\n",
      date_header(now_ms), from, letter.to, security::random_text(kIdLength, random), host, letter.subject);
  const std::string encoded = codec::base64_encode(with_crlf(letter.text));
  for (size_t at = 0; at < encoded.size(); at += kEncodedLineBytes)
    out += encoded.substr(at, kEncodedLineBytes) + "\r\n";
  return out;
}

}  // namespace gm::smtp
