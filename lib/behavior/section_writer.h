#pragma once
// Writes a section column by column in one pass over sorted rows, so that a merge of any size needs little memory.

#include <array>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lib/base/result.h"
#include "lib/behavior/section.h"
#include "lib/behavior/section_format.h"
#include "lib/io/file.h"

namespace gm::behavior {

// One event as the writer takes it; codes are those of the plan's dictionaries.
struct EventEntry {
  PlayerKey player = 0;
  PlayerKey origin = 0;  // the player the event was stored under; differs from `player` after an identity merge
  int64_t time_ms = 0;
  uint64_t offset = 0;
  Date date;
  uint32_t event = 0;
  uint32_t attributes = 0;
  uint64_t session = 0;  // 0: the sender named none
  std::optional<int64_t> revenue_micros;
};

// What has to be known before the first row. Counts are upper bounds, ranges hold all values.
struct SectionPlan {
  uint32_t project = 0;
  uint32_t partition = 0;
  uint64_t rows = 0;  // at most kRowsMax
  uint64_t players = 0;
  int64_t time_first = 0, time_last = 0;
  uint64_t offset_first = 0, offset_last = 0;
  Date date_first, date_last;
  std::vector<std::string_view> names;
  std::array<std::vector<std::string_view>, kDimensions> values;
  std::vector<AttributeValues> attribute_values;
};

class ByteSink {
 public:
  virtual ~ByteSink() = default;
  virtual Status write_at(uint64_t offset, std::string_view bytes) = 0;
};

class MemorySink final : public ByteSink {
 public:
  Status write_at(uint64_t offset, std::string_view bytes) override;
  std::string take() { return std::move(bytes_); }

 private:
  std::string bytes_;
};

// From `begin` on in a file that outlives this.
class FileSink final : public ByteSink {
 public:
  FileSink(io::File& file, uint64_t begin) : file_(file), begin_(begin) {}
  Status write_at(uint64_t offset, std::string_view bytes) override { return file_.write_at(bytes, begin_ + offset); }

 private:
  io::File& file_;
  uint64_t begin_;
};

// One column on its way out, buffered.
class ColumnWriter {
 public:
  void begin(ByteSink& sink, uint64_t at) {
    sink_ = &sink;
    place_.at = at;
  }
  Status append(const void* bytes, size_t size);
  template <typename T>
  Status append(const T& value) {
    return append(&value, sizeof value);
  }
  Status append_packed(uint64_t value, unsigned bits);
  Status finish();
  const ColumnPlace& place() const { return place_; }

 private:
  Status flush();

  ByteSink* sink_ = nullptr;
  ColumnPlace place_;  // what was flushed
  std::string buffer_;
  unsigned __int128 bits_ = 0;
  unsigned bits_held_ = 0;
};

class SectionWriter {
 public:
  SectionWriter(ByteSink& sink, const SectionPlan& plan);

  // In the order of (player, time, offset). Errors are the sink's; after one the writer is spent.
  Status add(const EventEntry& entry);
  // Bytes of the finished section.
  Result<uint64_t> finish();
  uint64_t rows() const { return header_.rows; }

 private:
  ColumnWriter& column(ColumnId id) { return columns_[static_cast<size_t>(id)]; }
  Status begin_player(PlayerKey player);
  void add_sparse(const EventEntry& entry);
  void mark_presence(uint32_t event);
  // Appends a column of any size behind those that have a place already.
  Status append_column(ColumnId id, std::string_view bytes);
  Status finish_columns();
  std::string encode_names() const;
  std::string encode_values() const;
  std::string encode_moved() const;
  std::string encode_presence() const;

  ByteSink& sink_;
  SectionPlan plan_;
  SectionHeader header_;
  uint64_t end_ = 0;
  std::array<ColumnWriter, kColumns> columns_;
  std::string session_rows_, session_ids_, revenue_rows_, revenue_, origin_rows_, origin_keys_;
  std::set<std::pair<PlayerKey, PlayerKey>> moved_;
  std::optional<uint8_t> block_shift_;
  uint64_t presence_words_ = 0;  // per name, for the planned rows
  std::vector<uint64_t> presence_;
  PlayerKey player_ = 0;
  uint64_t session_ = 0;
};

}  // namespace gm::behavior
