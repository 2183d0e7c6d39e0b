#pragma once
// Port: rows as a file of a format that needs a library. Embedded: DuckDB writes Parquet.

#include <cstdint>
#include <functional>
#include <string_view>

#include "lib/base/result.h"
#include "lib/store/row_source.h"

namespace gm::store {

// Takes the file's next bytes; blocks for as long as its reader is slow. False: nobody wants the rest.
using ByteSink = std::function<bool(std::string_view bytes)>;

// Safe to use from several threads.
class RowFile {
 public:
  virtual ~RowFile() = default;
  // Reads `rows` to their end and writes them as they come: what is held in memory does not grow with their number. The
  // thread that calls reads the rows, another one calls `sink`. Errors: those of `rows`, gm-export-unwanted when the
  // sink wants no more, gm-store-unavailable. Whatever was given to the sink before an error is no whole file.
  virtual Status write(RowSource& rows, const ByteSink& sink) = 0;
};

}  // namespace gm::store
