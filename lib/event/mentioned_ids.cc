#include "lib/event/mentioned_ids.h"

#include <algorithm>
#include <cctype>
#include <string>

#include "lib/codec/json_cursor.h"
#include "lib/codec/text_codecs.h"

namespace gm::event {
namespace {

constexpr size_t kIdBytesMax = 200;                // kNameBytesMax, and no id is longer
constexpr size_t kWordBytesMax = 6 * kIdBytesMax;  // every byte of it escaped
constexpr std::string_view kAround = "\"&=,:;{}[]<>() \t\r\n";

// json_unescape() relies on it, and these bytes were never checked.
bool has_whole_escapes(std::string_view text) {
  for (size_t at = text.find('\\'); at < text.size(); at = text.find('\\', at)) {
    const char kind = at + 1 < text.size() ? text[at + 1] : '\0';
    if (std::string_view("\"\\/bfnrtu").find(kind) == std::string_view::npos || kind == '\0') return false;
    at += 2;
    if (kind != 'u') continue;
    const std::string_view digits = text.substr(at, 4);
    if (digits.size() < 4 || !std::ranges::all_of(digits, [](unsigned char c) { return std::isxdigit(c) != 0; }))
      return false;
    at += 4;
  }
  return true;
}

class Search {
 public:
  explicit Search(const std::function<bool(std::string_view)>& is_wanted) : is_wanted_(is_wanted) {}

  bool try_word(std::string_view word) const {
    if (word.empty() || word.size() > kWordBytesMax) return false;
    if (try_plain(word)) return true;
    if (word.find('\\') != std::string_view::npos && has_whole_escapes(word)) {
      if (try_plain(codec::json_unescape(word))) return true;
    }
    if (word.find_first_of("%+") == std::string_view::npos) return false;
    const auto decoded = codec::url_decode(word, codec::PlusSign::is_space);
    return decoded && try_plain(*decoded);
  }

 private:
  bool try_plain(std::string_view word) const { return word.size() <= kIdBytesMax && is_wanted_(word); }

  const std::function<bool(std::string_view)>& is_wanted_;
};

// What stands between two quotes that no backslash precedes. Which of them open is not known of broken text, so every
// neighbouring pair is tried.
bool in_quotes(std::string_view text, const Search& search) {
  size_t opened = std::string_view::npos;
  for (size_t at = text.find('"'); at != std::string_view::npos; at = text.find('"', at + 1)) {
    size_t backslashes = 0;
    while (backslashes < at && text[at - 1 - backslashes] == '\\') ++backslashes;
    if (backslashes % 2 == 1) continue;
    if (opened != std::string_view::npos && search.try_word(text.substr(opened, at - opened))) return true;
    opened = at + 1;
  }
  // The text may have been cut.
  return opened != std::string_view::npos && search.try_word(text.substr(opened));
}

bool among_words(std::string_view text, const Search& search) {
  for (size_t start = 0; start < text.size();) {
    const size_t end = std::min(text.find_first_of(kAround, start), text.size());
    if (search.try_word(text.substr(start, end - start))) return true;
    start = end + 1;
  }
  return false;
}

}  // namespace

bool mentions(std::string_view text, const std::function<bool(std::string_view)>& is_wanted) {
  const Search search(is_wanted);
  return in_quotes(text, search) || among_words(text, search);
}

}  // namespace gm::event
