// One small file per value in a folder of this game's own, which has to exist. Two programs must not share the folder.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>

#include "gamemetrics/options.h"

namespace gamemetrics {

inline Storage file_storage(const std::string& folder) {
  Storage storage;
  storage.get = [folder](const std::string& name) {
    std::ifstream file(folder + "/" + name, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(file), {});
  };
  // A disk that refuses is no reason to stop a game.
  storage.set = [folder](const std::string& name, const std::string& value) {
    const std::string path = folder + "/" + name, half = path + ".new";
    std::remove(half.c_str());
    if (value.empty()) {
      std::remove(path.c_str());
      return;
    }
    std::ofstream file(half, std::ios::binary);
    file << value;
    file.close();
    // On Windows rename does not replace.
    if (file && std::rename(half.c_str(), path.c_str()) != 0) {
      std::remove(path.c_str());
      std::rename(half.c_str(), path.c_str());
    }
  };
  return storage;
}

}  // namespace gamemetrics
