#include "adapters/duckdb/column_reader.h"

#include <fmt/format.h>

#include <cmath>
#include <limits>

#include "adapters/duckdb/table_appender.h"

namespace gm::duckdb {
namespace {

using store::TimestampMs;
using store::Value;

constexpr int32_t kDayMin = -719'162;   // 0001-01-01
constexpr int32_t kDayMax = 2'932'896;  // 9999-12-31
constexpr int64_t kMomentMin = kDayMin * kMsPerDay;
constexpr int64_t kMomentMax = (kDayMax + 1) * kMsPerDay - 1;

template <typename T>
ColumnReader integer_reader() {
  return
      [](const Rows& rows, size_t column, size_t row) { return Value(static_cast<int64_t>(rows.get<T>(column, row))); };
}

// Sums of BIGINT are HUGEINT; what does not fit 64 bits is given as the nearest double.
Value from_hugeint(duckdb_hugeint value) {
  const auto low = static_cast<int64_t>(value.lower);
  if ((value.upper == 0 && low >= 0) || (value.upper == -1 && low < 0)) return low;
  return duckdb_hugeint_to_double(value);
}

Value from_unsigned(uint64_t value) {
  if (value <= static_cast<uint64_t>(std::numeric_limits<int64_t>::max())) return static_cast<int64_t>(value);
  return static_cast<double>(value);
}

template <typename T>
ColumnReader decimal_reader(double divisor) {
  return [divisor](const Rows& rows, size_t column, size_t row) {
    return Value(static_cast<double>(rows.get<T>(column, row)) / divisor);
  };
}

Result<ColumnReader> decimal_reader_of(duckdb_result& result, idx_t column) {
  duckdb_logical_type type = duckdb_column_logical_type(&result, column);
  const double divisor = std::pow(10.0, duckdb_decimal_scale(type));
  const duckdb_type physical = duckdb_decimal_internal_type(type);
  duckdb_destroy_logical_type(&type);
  switch (physical) {
    case DUCKDB_TYPE_SMALLINT:
      return decimal_reader<int16_t>(divisor);
    case DUCKDB_TYPE_INTEGER:
      return decimal_reader<int32_t>(divisor);
    case DUCKDB_TYPE_BIGINT:
      return decimal_reader<int64_t>(divisor);
    default:
      return ColumnReader([divisor](const Rows& rows, size_t i, size_t row) {
        return Value(duckdb_hugeint_to_double(rows.get<duckdb_hugeint>(i, row)) / divisor);
      });
  }
}

// Infinity and years that have not four digits cannot be written as a date of ISO 8601: they are null, as an infinite
// number is in JSON.
Value from_days(int32_t days) { return days < kDayMin || days > kDayMax ? Value{} : Value(Date{days}); }

Value from_moment(int64_t unix_ms) {
  return unix_ms < kMomentMin || unix_ms > kMomentMax ? Value{} : Value(TimestampMs{unix_ms});
}

Value from_seconds(int64_t unix_s) {
  if (unix_s < kMomentMin / kMsPerSecond || unix_s > kMomentMax / kMsPerSecond) return {};
  return from_moment(unix_s * kMsPerSecond);
}

// Timestamps of other precisions, rounded down to milliseconds.
ColumnReader timestamp_reader(int64_t units_per_ms) {
  return [units_per_ms](const Rows& rows, size_t column, size_t row) {
    const auto units = rows.get<int64_t>(column, row);
    return from_moment(units / units_per_ms - (units % units_per_ms < 0 ? 1 : 0));
  };
}

Result<ColumnReader> integer_reader_of(duckdb_type type) {
  switch (type) {
    case DUCKDB_TYPE_BOOLEAN:
      return integer_reader<bool>();
    case DUCKDB_TYPE_TINYINT:
      return integer_reader<int8_t>();
    case DUCKDB_TYPE_SMALLINT:
      return integer_reader<int16_t>();
    case DUCKDB_TYPE_INTEGER:
      return integer_reader<int32_t>();
    case DUCKDB_TYPE_BIGINT:
      return integer_reader<int64_t>();
    case DUCKDB_TYPE_UTINYINT:
      return integer_reader<uint8_t>();
    case DUCKDB_TYPE_USMALLINT:
      return integer_reader<uint16_t>();
    case DUCKDB_TYPE_UINTEGER:
      return integer_reader<uint32_t>();
    case DUCKDB_TYPE_UBIGINT:
      return ColumnReader([](const Rows& r, size_t i, size_t row) { return from_unsigned(r.get<uint64_t>(i, row)); });
    default:
      return Error{"gm-query-invalid",
                   fmt::format("a column of DuckDB type {} cannot be read", static_cast<int>(type))};
  }
}

}  // namespace

Result<ColumnReader> column_reader(duckdb_result& result, idx_t column) {
  const duckdb_type type = duckdb_column_type(&result, column);
  switch (type) {
    case DUCKDB_TYPE_HUGEINT:
      return ColumnReader(
          [](const Rows& r, size_t i, size_t row) { return from_hugeint(r.get<duckdb_hugeint>(i, row)); });
    case DUCKDB_TYPE_FLOAT:
      return ColumnReader([](const Rows& r, size_t i, size_t row) { return Value(double{r.get<float>(i, row)}); });
    case DUCKDB_TYPE_DOUBLE:
      return ColumnReader([](const Rows& r, size_t i, size_t row) { return Value(r.get<double>(i, row)); });
    case DUCKDB_TYPE_DECIMAL:
      return decimal_reader_of(result, column);
    case DUCKDB_TYPE_VARCHAR:
      return ColumnReader([](const Rows& r, size_t i, size_t row) { return Value(std::string(r.text(i, row))); });
    case DUCKDB_TYPE_UUID:
      return ColumnReader([](const Rows& r, size_t i, size_t row) {
        return Value(to_uuid(r.get<duckdb_hugeint>(i, row)).to_string());
      });
    case DUCKDB_TYPE_DATE:
      return ColumnReader([](const Rows& r, size_t i, size_t row) { return from_days(r.get<int32_t>(i, row)); });
    case DUCKDB_TYPE_TIMESTAMP_S:
      return ColumnReader([](const Rows& r, size_t i, size_t row) { return from_seconds(r.get<int64_t>(i, row)); });
    case DUCKDB_TYPE_TIMESTAMP_MS:
      return timestamp_reader(1);
    case DUCKDB_TYPE_TIMESTAMP:
    case DUCKDB_TYPE_TIMESTAMP_TZ:
      return timestamp_reader(1000);
    case DUCKDB_TYPE_TIMESTAMP_NS:
      return timestamp_reader(1'000'000);
    case DUCKDB_TYPE_SQLNULL:
      return ColumnReader([](const Rows&, size_t, size_t) { return Value{}; });
    default:
      return integer_reader_of(type);
  }
}

}  // namespace gm::duckdb
