#include "lib/io/pipe.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace gm::io {

Result<Pipe> Pipe::open() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) {
    return Error{"gm-io-failed", "cannot make a pipe: " + std::generic_category().message(errno)};
  }
  return Pipe(Descriptor(ends[0]), Descriptor(ends[1]));
}

std::string Pipe::path() const { return fmt::format("/proc/self/fd/{}", writing_.get()); }

size_t Pipe::read_some(char* into, size_t bytes) {
  ssize_t count = ::read(reading_.get(), into, bytes);
  while (count < 0 && errno == EINTR) count = ::read(reading_.get(), into, bytes);
  return count > 0 ? static_cast<size_t>(count) : 0;
}

}  // namespace gm::io
