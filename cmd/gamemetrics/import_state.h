#pragma once
// How far an import has come: the rows that the server has answered for. A small JSON file beside the data, replaced
// atomically.

#include <cstdint>
#include <map>
#include <mutex>
#include <string>

#include "lib/base/result.h"
#include "lib/io/file.h"

namespace gm::gamemetrics {

// Parcels are answered in any order; done() tells up to which row everything before is answered.
class Watermark {
 public:
  explicit Watermark(uint64_t rows) : rows_(rows) {}
  // A parcel that ends with `last_row` is on its way; parcels begin in the order of rows. Returns its ticket.
  uint64_t begin(uint64_t last_row);
  void done(uint64_t ticket);
  uint64_t rows() const;

 private:
  mutable std::mutex mutex_;
  uint64_t next_ = 0;
  uint64_t rows_;
  struct Open {
    uint64_t last_row;
    bool done;
  };
  std::map<uint64_t, Open> open_;
};

struct ImportState {
  std::string source;  // which file, mapping and server this is about
  uint64_t rows = 0;
};

// Nothing to resume: rows 0. Errors: gm-import-state-foreign (the file is about another import), gm-io-*.
Result<ImportState> load_import_state(io::FileSystem& files, const std::string& path, const std::string& source);
Status save_import_state(io::FileSystem& files, const std::string& path, const ImportState& state);

}  // namespace gm::gamemetrics
