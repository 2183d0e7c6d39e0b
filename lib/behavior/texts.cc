#include "lib/behavior/texts.h"

#include <cstring>

namespace gm::behavior {
namespace {

constexpr size_t kWord = sizeof(uint32_t);

void append_u32(std::string& out, uint64_t value) {
  const auto narrow = static_cast<uint32_t>(value);
  out.append(reinterpret_cast<const char*>(&narrow), kWord);
}

uint32_t u32_at(std::string_view bytes, size_t at) {
  uint32_t value = 0;
  std::memcpy(&value, bytes.data() + at, kWord);
  return value;
}

}  // namespace

void append_texts(std::string& out, const std::vector<std::string_view>& texts) {
  append_u32(out, texts.size());
  uint64_t end = 0;
  for (const std::string_view text : texts) append_u32(out, end += text.size());
  for (const std::string_view text : texts) out += text;
}

std::optional<Texts> take_texts(std::string_view& bytes) {
  if (bytes.size() < kWord) return std::nullopt;
  const size_t count = u32_at(bytes, 0);
  if (count > (bytes.size() - kWord) / kWord) return std::nullopt;
  const std::string_view texts = bytes.substr(kWord * (count + 1));
  Texts result;
  result.reserve(count);
  size_t begin = 0;
  for (size_t i = 0; i < count; ++i) {
    const size_t end = u32_at(bytes, kWord * (i + 1));
    if (end < begin || end > texts.size()) return std::nullopt;
    result.emplace_back(texts.substr(begin, end - begin));
    begin = end;
  }
  bytes = texts.substr(begin);
  return result;
}

}  // namespace gm::behavior
