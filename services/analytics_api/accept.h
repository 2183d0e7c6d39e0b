#pragma once
// Private to this folder: headers that list media types (RFC 9110, sections 8.3 and 12.5.1).

#include <string>
#include <string_view>
#include <vector>

namespace gm::analytics_api {

// The parts of a header's value, without spaces around them and in lower case.
std::vector<std::string> header_words(std::string_view text, char separator);

struct Preference {
  double quality = -1;   // -1: none
  int specificity = -1;  // 2: the type was named, 1: its like, 0: any
};
// What an Accept header says of a type, which is written in lower case.
Preference preference(std::string_view accept, std::string_view type);

}  // namespace gm::analytics_api
