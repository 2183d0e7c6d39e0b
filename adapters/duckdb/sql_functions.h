#pragma once
// Private to this folder: the functions that a caller's SQL may name.

#include <cstddef>
#include <optional>
#include <string_view>

namespace gm::duckdb {

// The most arguments `name` may be called with; nullopt: it may not be called at all. Left out is whatever reads
// anything but its arguments, and whatever makes much out of little (repeat, lpad, format, lists, lambdas), because
// what one call makes is not counted against the memory limit before it is made. For the same reason there is no median
// and no quantile: they keep every value outside of what the limit sees.
std::optional<size_t> allowed_arguments(std::string_view name);
// It puts texts together, so that saying it several times multiplies what they hold.
bool joins_texts(std::string_view name);
// A relation made by a function that may be read from.
bool is_allowed_table_function(std::string_view name);

}  // namespace gm::duckdb
