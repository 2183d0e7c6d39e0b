#pragma once
// Currency codes as SDKs send them.

#include <array>
#include <string_view>

namespace gm::event_ingestion {

// Three ASCII letters of any case, as ISO 4217 writes them, into `out`; false for anything else.
inline bool read_currency(std::string_view text, std::array<char, 3>& out) {
  if (text.size() != out.size()) return false;
  for (size_t i = 0; i < out.size(); ++i) {
    const char upper = text[i] >= 'a' && text[i] <= 'z' ? static_cast<char>(text[i] - ('a' - 'A')) : text[i];
    if (upper < 'A' || upper > 'Z') return false;
    out[i] = upper;
  }
  return true;
}

}  // namespace gm::event_ingestion
