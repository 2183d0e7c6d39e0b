#pragma once
// Lists of texts as bytes: u32 count, u32 end of each text counted from the first text's begin, then the texts.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gm::behavior {

using Texts = std::vector<std::string>;

void append_texts(std::string& out, const std::vector<std::string_view>& texts);
// Takes one list off the front of `bytes`; nullopt when the bytes cannot be one.
std::optional<Texts> take_texts(std::string_view& bytes);

}  // namespace gm::behavior
