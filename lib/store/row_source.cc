#include "lib/store/row_source.h"

#include <set>

namespace gm::store {

std::vector<std::string> distinct_names(const std::vector<RowColumn>& columns) {
  std::vector<std::string> names;
  std::set<std::string> taken;
  for (const RowColumn& column : columns) {
    std::string name = column.name;
    for (int n = 2; !taken.insert(name).second; ++n) name = column.name + "_" + std::to_string(n);
    names.push_back(std::move(name));
  }
  return names;
}

}  // namespace gm::store
