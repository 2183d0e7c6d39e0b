#include "services/users/account_letters.h"

#include <fmt/format.h>

#include <algorithm>

#include "lib/base/time.h"

namespace gm::users {
namespace {

// "2026-11-27 07:05 UTC".
std::string moment(int64_t at_ms) {
  const std::string text = format_iso8601(at_ms);
  return text.substr(0, 10) + " " + text.substr(11, 5) + " UTC";
}

// Names are people's own text: on one line, so that none can write paragraphs in our name.
std::string one_line(std::string_view text) {
  std::string line(text);
  std::ranges::replace_if(line, [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; }, ' ');
  return line;
}

}  // namespace

identity::Letter reset_letter(const LinkLetter& link, std::string_view from) {
  return {std::string(link.to), "Choose a new password for GameMetrics",
          fmt::format("Hello,\n\nsomebody asked to choose a new password for {0} at {1}.\nIf it was you, open this "
                      "link by {2}:\n\n{1}/reset-password#token={3}\n\nIt works once, and ends all sessions. If it was "
                      "not you, do nothing: the password stays as it is.\nThe request came from {4}.\n",
                      link.to, link.public_url, moment(link.expires_ms), link.secret, from)};
}

identity::Letter invitation_letter(const LinkLetter& link, std::string_view organisation, identity::Role role) {
  return {
      std::string(link.to), "An invitation to GameMetrics",
      fmt::format("Hello,\n\nyou are invited to the organisation \"{0}\" at {1}, as {2}.\nTo accept, open this link "
                  "by {3}:\n\n{1}/accept-invitation#token={4}\n\nIt works once. If you expected no invitation, do "
                  "nothing.\n",
                  one_line(organisation), link.public_url, identity::role_name(role), moment(link.expires_ms),
                  link.secret)};
}

identity::Letter notice_letter(std::string_view to, std::string_view public_url, std::string_view what,
                               std::string_view from, int64_t at_ms) {
  return {
      std::string(to), "A change of your GameMetrics account",
      fmt::format("Hello,\n\n{} on {}, from {}.\nThe account is {} at {}.\n\nIf it was not you, reset your password "
                  "and tell whoever runs the server.\n",
                  what, moment(at_ms), from, to, public_url)};
}

}  // namespace gm::users
