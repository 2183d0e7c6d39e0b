#include "services/analytics_api/accept.h"

#include <algorithm>
#include <charconv>

namespace gm::analytics_api {
namespace {

std::string word_of(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  std::string word(text);
  std::transform(word.begin(), word.end(), word.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return word;
}

}  // namespace

std::vector<std::string> header_words(std::string_view text, char separator) {
  std::vector<std::string> words;
  while (true) {
    const size_t end = text.find(separator);
    words.push_back(word_of(text.substr(0, end)));
    if (end == std::string_view::npos) return words;
    text.remove_prefix(end + 1);
  }
}

Preference preference(std::string_view accept, std::string_view type) {
  Preference best;
  for (const std::string& range : header_words(accept, ',')) {
    const std::vector<std::string> words = header_words(range, ';');
    double quality = 1;
    for (const std::string& word : words) {
      if (word.starts_with("q=")) std::from_chars(word.data() + 2, word.data() + word.size(), quality);
    }
    const std::string& name = words.front();
    const std::string like = std::string(type.substr(0, type.find('/'))) + "/*";
    const int specificity = name == type ? 2 : name == like ? 1 : name == "*/*" ? 0 : -1;
    if (specificity > best.specificity) best = {quality, specificity};
  }
  return best;
}

}  // namespace gm::analytics_api
