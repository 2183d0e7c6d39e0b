#pragma once
// Text as a part of a URL or a form; text_codecs.h has the way back.

#include <string>
#include <string_view>

namespace gm::codec {

// Letters and digits stay, every other byte becomes %XX.
std::string percent_encode(std::string_view text);

}  // namespace gm::codec
