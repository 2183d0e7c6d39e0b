#include "services/users/email.h"

#include <algorithm>

namespace gm::users {
namespace {

constexpr size_t kBytesMax = 254;  // RFC 5321, 4.5.3.1.3, without the angle brackets

bool is_blank(char c) { return static_cast<unsigned char>(c) <= ' ' || c == '\x7f'; }

}  // namespace

Result<std::string> normal_email(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  const size_t at = text.find('@');
  const bool one_at = at != std::string_view::npos && at > 0 && at + 1 < text.size() && text.rfind('@') == at;
  if (!one_at || text.size() > kBytesMax || std::ranges::any_of(text, is_blank))
    return Error{"gm-email-invalid", "an address looks like ada@studio.example"};
  std::string normal(text);
  for (char& c : normal) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
  }
  return normal;
}

}  // namespace gm::users
