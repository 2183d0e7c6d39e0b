#pragma once
// Undoes the chunked transfer coding in place (RFC 9112 section 7.1), strictly: CR LF only, hexadecimal sizes only.

#include <cstddef>
#include <cstdint>

namespace gm::http {

class ChunkedBody {
 public:
  enum class State : uint8_t { more, done, malformed };

  // Reads coded bytes from data[coded..end) and moves what they carry to data[decoded..). Call it again with more bytes
  // when it says `more`; `coded` and `decoded` move on. Bytes before `decoded` are the body so far.
  State advance(char* data, size_t end);
  void start(size_t at);
  // The caller has cut the buffer off behind decoded(): everything coded has been read by then unless done.
  void compacted() { coded_ = decoded_; }

  size_t decoded() const { return decoded_; }  // end of the body within the buffer
  size_t coded() const { return coded_; }      // first byte not yet read

 private:
  enum class Part : uint8_t {
    size,
    extension,
    size_lf,
    data,
    data_cr,
    data_lf,
    trailer_start,
    trailer,
    trailer_lf,
    last_lf,
    bad
  };

  void take_size_byte(char c);
  void step(char c);

  Part part_ = Part::size;
  size_t coded_ = 0;
  size_t decoded_ = 0;
  size_t left_ = 0;          // of the current chunk
  uint32_t digits_ = 0;      // of the current size
  uint32_t side_bytes_ = 0;  // extensions and trailers, all chunks together: they carry nothing, so they are bounded
  bool done_ = false;
};

}  // namespace gm::http
