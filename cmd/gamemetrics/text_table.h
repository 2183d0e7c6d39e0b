#pragma once
// Tables for people (aligned columns) and for programs (RFC 4180 CSV).

#include <string>
#include <vector>

namespace gm::gamemetrics {

struct TextTable {
  std::vector<std::string> columns;
  std::vector<std::vector<std::string>> rows;
};

// Numbers go to the right.
std::string render_aligned(const TextTable& table);
std::string render_csv(const TextTable& table);

}  // namespace gm::gamemetrics
