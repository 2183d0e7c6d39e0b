#include "lib/http/input_buffer.h"

#include <algorithm>
#include <cstring>

#include "lib/http/message.h"

namespace gm::http {
namespace {

constexpr size_t kPooledBuffersMax = 256;  // 16 MiB per loop are kept at most

}  // namespace

std::unique_ptr<char[]> BufferPool::take() {
  if (free_.empty()) return std::make_unique_for_overwrite<char[]>(kPooledBytes);
  auto memory = std::move(free_.back());
  free_.pop_back();
  return memory;
}

void BufferPool::give(std::unique_ptr<char[]> memory) {
  if (free_.size() < kPooledBuffersMax) free_.push_back(std::move(memory));
}

// The padding is never offered, so that vector code may read past any body.
size_t InputBuffer::space_bytes() const {
  return capacity_ - end_ > kBodyPadding ? capacity_ - end_ - kBodyPadding : 0;
}

void InputBuffer::ensure(size_t bytes) {
  const size_t wanted = bytes + kBodyPadding;
  if (capacity_ - begin_ >= wanted && memory_) return;
  if (memory_ && capacity_ >= wanted) {
    std::memmove(memory_.get(), memory_.get() + begin_, size());
  } else {
    const bool pooled = wanted <= kPooledBytes;
    auto larger = pooled ? pool_.take() : std::make_unique_for_overwrite<char[]>(wanted);
    const size_t kept = size();
    if (kept > 0) std::memcpy(larger.get(), memory_.get() + begin_, kept);
    if (memory_ && capacity_ == kPooledBytes) pool_.give(std::move(memory_));
    memory_ = std::move(larger);
    capacity_ = pooled ? kPooledBytes : wanted;
    begin_ = 0;
    end_ = kept;
    return;
  }
  end_ = size();
  begin_ = 0;
}

void InputBuffer::consume(size_t bytes) {
  begin_ += bytes;
  if (begin_ == end_) {
    release();
  } else if (capacity_ > kPooledBytes && size() + kBodyPadding < kPooledBytes) {
    auto smaller = pool_.take();
    std::memcpy(smaller.get(), memory_.get() + begin_, size());
    memory_ = std::move(smaller);
    capacity_ = kPooledBytes;
    end_ -= begin_;
    begin_ = 0;
  }
}

void InputBuffer::release() {
  if (memory_ && capacity_ == kPooledBytes) pool_.give(std::move(memory_));
  memory_.reset();
  capacity_ = begin_ = end_ = 0;
}

}  // namespace gm::http
