#include "cmd/gamemetrics/import_state.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

namespace gm::gamemetrics {
namespace {

constexpr uint64_t kStateBytesMax = 64u << 10;

}  // namespace

uint64_t Watermark::begin(uint64_t last_row) {
  const std::lock_guard lock(mutex_);
  open_.emplace(next_, Open{last_row, false});
  return next_++;
}

void Watermark::done(uint64_t ticket) {
  const std::lock_guard lock(mutex_);
  open_.at(ticket).done = true;
  while (!open_.empty() && open_.begin()->second.done) {
    rows_ = open_.begin()->second.last_row;
    open_.erase(open_.begin());
  }
}

uint64_t Watermark::rows() const {
  const std::lock_guard lock(mutex_);
  return rows_;
}

Result<ImportState> load_import_state(io::FileSystem& files, const std::string& path, const std::string& source) {
  const auto text = io::read_file(files, path, kStateBytesMax);
  if (!text) {
    if (text.error().code == io::kNotFound) return ImportState{source, 0};
    return text.error();
  }
  const auto json = nlohmann::json::parse(*text, nullptr, false);
  if (!json.is_object() || json.value("source", "") != source) {
    return Error{
        "gm-import-state-foreign",
        fmt::format("{} is about another file, mapping or server; remove it, or name another with --state", path)};
  }
  return ImportState{source, json.value("rows", uint64_t{0})};
}

Status save_import_state(io::FileSystem& files, const std::string& path, const ImportState& state) {
  const nlohmann::ordered_json json = {{"source", state.source}, {"rows", state.rows}};
  return io::replace_file(files, path, json.dump() + "\n");
}

}  // namespace gm::gamemetrics
