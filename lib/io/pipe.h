#pragma once
// A pipe inside the process: what a library writes to a file's name is read here as it is written.

#include <string>
#include <string_view>

#include "lib/base/result.h"
#include "lib/io/descriptor.h"

namespace gm::io {

// One thread at each end.
class Pipe {
 public:
  // Error gm-io-failed.
  static Result<Pipe> open();

  // The name to write to.
  std::string path() const;
  // Blocks; at most `bytes`. 0: the writers have closed, or the reading failed.
  size_t read_some(char* into, size_t bytes);
  // Who writes learns it by an error (EPIPE), or by SIGPIPE where that is not ignored.
  void close_reading() { reading_ = Descriptor(); }
  // Without it read_some() has no end.
  void close_writing() { writing_ = Descriptor(); }

 private:
  Pipe(Descriptor reading, Descriptor writing) : reading_(std::move(reading)), writing_(std::move(writing)) {}

  Descriptor reading_;
  Descriptor writing_;
};

}  // namespace gm::io
