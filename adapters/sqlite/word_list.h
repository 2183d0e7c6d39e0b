#pragma once
// Lists of words without blanks, kept in one column; private to adapters/sqlite.

#include <sstream>
#include <string>
#include <vector>

namespace gm::sqlite {

inline std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text.append(text.empty() ? "" : " ").append(word);
  return text;
}

inline std::vector<std::string> split(const std::string& text) {
  std::vector<std::string> words;
  std::istringstream stream(text);
  for (std::string word; stream >> word;) words.push_back(word);
  return words;
}

}  // namespace gm::sqlite
