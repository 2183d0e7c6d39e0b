#include "lib/security/strict_json.h"

#include <set>
#include <vector>

namespace gm::security {
namespace {

constexpr int kDepthMax = 8;

// 64 when it is none.
uint32_t value_of(char c) {
  if (c >= 'A' && c <= 'Z') return static_cast<uint32_t>(c - 'A');
  if (c >= 'a' && c <= 'z') return static_cast<uint32_t>(c - 'a') + 26;
  if (c >= '0' && c <= '9') return static_cast<uint32_t>(c - '0') + 52;
  return c == '-' ? 62 : c == '_' ? 63 : 64;
}

}  // namespace

std::optional<nlohmann::json> strict_object(std::string_view text) {
  std::vector<std::set<std::string>> open;  // the names seen in each object that is being read
  bool refused = false;
  using Event = nlohmann::json::parse_event_t;
  const auto watch = [&](int depth, Event event, nlohmann::json& value) {
    if (depth > kDepthMax) refused = true;
    if (event == Event::object_start) open.emplace_back();
    if (event == Event::object_end) open.pop_back();
    if (event == Event::key && !open.back().insert(value.get<std::string>()).second) refused = true;
    return !refused;
  };
  auto parsed = nlohmann::json::parse(text, watch, false);
  if (refused || !parsed.is_object()) return std::nullopt;
  return parsed;
}

std::optional<std::string> strict_base64url(std::string_view text) {
  if (text.size() % 4 == 1) return std::nullopt;
  std::string bytes;
  uint32_t bits = 0;
  int held = 0;
  for (const char c : text) {
    const uint32_t value = value_of(c);
    if (value > 63) return std::nullopt;
    bits = bits << 6 | value;
    held += 6;
    if (held >= 8) {
      held -= 8;
      bytes += static_cast<char>(bits >> held & 255);
    }
  }
  if ((bits & ((1u << held) - 1)) != 0) return std::nullopt;
  return bytes;
}

std::optional<std::string> text_member(const nlohmann::json& object, const char* name) {
  const auto found = object.find(name);
  if (found == object.end() || !found->is_string()) return std::nullopt;
  return found->get<std::string>();
}

}  // namespace gm::security
