#include "lib/http/chunked_body.h"

#include <algorithm>
#include <cstring>

namespace gm::http {
namespace {

constexpr uint32_t kSizeDigitsMax = 8;  // chunks up to 4 GiB
constexpr uint32_t kSideBytesMax = 4096;

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

void ChunkedBody::start(size_t at) {
  *this = ChunkedBody{};
  coded_ = at;
  decoded_ = at;
}

ChunkedBody::State ChunkedBody::advance(char* data, size_t end) {
  while (coded_ < end && !done_ && part_ != Part::bad) {
    if (part_ == Part::data) {
      const size_t take = std::min(left_, end - coded_);
      std::memmove(data + decoded_, data + coded_, take);
      coded_ += take;
      decoded_ += take;
      left_ -= take;
      if (left_ == 0) part_ = Part::data_cr;
      continue;
    }
    step(data[coded_]);
    ++coded_;
  }
  if (part_ == Part::bad || side_bytes_ > kSideBytesMax) return State::malformed;
  return done_ ? State::done : State::more;
}

void ChunkedBody::take_size_byte(char c) {
  const int value = hex_value(c);
  if (value >= 0 && digits_ < kSizeDigitsMax) {
    left_ = left_ * 16 + static_cast<size_t>(value);
    ++digits_;
  } else if (digits_ > 0 && c == '\r') {
    part_ = Part::size_lf;
  } else if (digits_ > 0 && c == ';') {
    part_ = Part::extension;
  } else {
    part_ = Part::bad;
  }
}

void ChunkedBody::step(char c) {
  const auto expect = [&](char wanted, Part next) { part_ = c == wanted ? next : Part::bad; };
  switch (part_) {
    case Part::size:
      take_size_byte(c);
      break;
    case Part::extension:
      ++side_bytes_;
      if (c == '\r') part_ = Part::size_lf;
      if (c == '\n' || side_bytes_ > kSideBytesMax) part_ = Part::bad;
      break;
    case Part::size_lf:
      expect('\n', left_ == 0 ? Part::trailer_start : Part::data);
      digits_ = 0;
      break;
    case Part::data_cr:
      expect('\r', Part::data_lf);
      break;
    case Part::data_lf:
      expect('\n', Part::size);
      break;
    case Part::trailer_start:
      part_ = c == '\r' ? Part::last_lf : Part::trailer;
      if (c == '\n') part_ = Part::bad;
      ++side_bytes_;
      break;
    case Part::trailer:
      ++side_bytes_;
      if (c == '\r') part_ = Part::trailer_lf;
      if (c == '\n' || side_bytes_ > kSideBytesMax) part_ = Part::bad;
      break;
    case Part::trailer_lf:
      expect('\n', Part::trailer_start);
      break;
    case Part::last_lf:
      expect('\n', Part::size);
      done_ = part_ != Part::bad;
      break;
    case Part::data:
    case Part::bad:
      break;
  }
}

}  // namespace gm::http
