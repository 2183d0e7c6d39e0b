#include "adapters/duckdb/table_appender.h"

#include <fmt/format.h>

#include "lib/base/utf8.h"

namespace gm::duckdb {
namespace {

constexpr uint64_t kTopBit = uint64_t{1} << 63;

}  // namespace

duckdb_hugeint to_hugeint(const Uuid& id) { return {id.low, static_cast<int64_t>(id.high ^ kTopBit)}; }
Uuid to_uuid(duckdb_hugeint value) { return {static_cast<uint64_t>(value.upper) ^ kTopBit, value.lower}; }

TableAppender::TableAppender(Connection& connection, const char* catalog, const char* table) : table_(table) {
  if (duckdb_appender_create_ext(connection.handle(), catalog, nullptr, table, &appender_) != DuckDBSuccess) {
    keep_error();
    return;
  }
  const idx_t columns = duckdb_appender_column_count(appender_);
  std::vector<duckdb_logical_type> types;
  for (idx_t i = 0; i < columns; ++i) types.push_back(duckdb_appender_column_type(appender_, i));
  chunk_ = duckdb_create_data_chunk(types.data(), columns);
  for (duckdb_logical_type& type : types) duckdb_destroy_logical_type(&type);
  rows_max_ = duckdb_vector_size();
  vectors_.resize(columns);
  data_.resize(columns);
  bind_chunk();
}

TableAppender::~TableAppender() {
  if (chunk_ != nullptr) duckdb_destroy_data_chunk(&chunk_);
  duckdb_appender_destroy(&appender_);
}

TableAppender& TableAppender::add(const Uuid& id) { return add(to_hugeint(id)); }

TableAppender& TableAppender::add_text(std::string_view text) {
  if (!data_.empty()) {
    if (is_valid_utf8(text)) {
      duckdb_vector_assign_string_element_len(vectors_[column_], row_, text.data(), text.size());
    } else {
      const std::string repaired = replace_invalid_utf8(text);
      duckdb_vector_assign_string_element_len(vectors_[column_], row_, repaired.data(), repaired.size());
    }
  }
  ++column_;
  return *this;
}

TableAppender& TableAppender::add_null() {
  if (!data_.empty()) {
    duckdb_vector_ensure_validity_writable(vectors_[column_]);
    duckdb_validity_set_row_invalid(duckdb_vector_get_validity(vectors_[column_]), row_);
  }
  ++column_;
  return *this;
}

void TableAppender::end_row() {
  column_ = 0;
  if (data_.empty()) return;
  if (++row_ == rows_max_) flush_chunk();
}

Status TableAppender::finish() {
  if (!error_ && row_ > 0) flush_chunk();
  if (!error_ && duckdb_appender_close(appender_) != DuckDBSuccess) keep_error();
  if (error_) return *error_;
  return {};
}

void TableAppender::flush_chunk() {
  duckdb_data_chunk_set_size(chunk_, row_);
  if (!error_ && duckdb_append_data_chunk(appender_, chunk_) != DuckDBSuccess) keep_error();
  duckdb_data_chunk_reset(chunk_);
  row_ = 0;
  bind_chunk();
}

void TableAppender::bind_chunk() {
  for (size_t i = 0; i < vectors_.size(); ++i) {
    vectors_[i] = duckdb_data_chunk_get_vector(chunk_, i);
    data_[i] = duckdb_vector_get_data(vectors_[i]);
  }
}

void TableAppender::keep_error() {
  duckdb_error_data data = duckdb_appender_error_data(appender_);
  error_ = store_error(fmt::format("append to {}", table_), duckdb_error_data_message(data));
  duckdb_destroy_error_data(&data);
}

}  // namespace gm::duckdb
