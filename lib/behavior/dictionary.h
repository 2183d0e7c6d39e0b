#pragma once
// Texts of one project as small numbers, while its events are in memory.

#include <array>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "lib/behavior/section.h"

namespace gm::behavior {

class TextDictionary {
 public:
  uint32_t code(std::string_view text) {
    if (const auto found = codes_.find(text); found != codes_.end()) return found->second;
    const auto code = static_cast<uint32_t>(texts_.size());
    codes_.emplace(texts_.emplace_back(text), code);
    return code;
  }
  size_t size() const { return texts_.size(); }
  std::string_view text(uint32_t code) const { return texts_[code]; }

 private:
  std::deque<std::string> texts_;  // never moves: the map's keys point into it
  std::unordered_map<std::string_view, uint32_t> codes_;
};

class AttributeDictionary {
 public:
  uint32_t code(const AttributeValues& values) {
    const auto [found, added] = codes_.emplace(values, static_cast<uint32_t>(all_.size()));
    if (added) all_.push_back(values);
    return found->second;
  }
  const std::vector<AttributeValues>& all() const { return all_; }

 private:
  struct Hash {
    size_t operator()(const AttributeValues& values) const {
      uint64_t hash = 0;
      for (const uint32_t value : values) hash = (hash ^ value) * 0x9E3779B97F4A7C15;
      return hash ^ (hash >> 32);
    }
  };
  std::unordered_map<AttributeValues, uint32_t, Hash> codes_;
  std::vector<AttributeValues> all_;
};

// What the codes of event entries mean.
struct Dictionaries {
  TextDictionary names;
  std::array<TextDictionary, kDimensions> values;
  AttributeDictionary attributes;
};

}  // namespace gm::behavior
