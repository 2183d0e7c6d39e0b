#pragma once
// What a connection has received and not yet used up. Memory of the usual size comes from a pool per event loop, so
// that an idle connection holds none; a large body gets memory of its own for as long as its request lasts.

#include <cstddef>
#include <memory>
#include <string_view>
#include <vector>

namespace gm::http {

inline constexpr size_t kPooledBytes = 64 * 1024;

// Not thread-safe: one per event loop. Last in, first out: the memory handed out next is the one still in the cache.
class BufferPool {
 public:
  std::unique_ptr<char[]> take();
  void give(std::unique_ptr<char[]> memory);

 private:
  std::vector<std::unique_ptr<char[]>> free_;
};

class InputBuffer {
 public:
  // Its memory is freed, not given back, when it ends: that may be on another thread than the pool's.
  explicit InputBuffer(BufferPool& pool) : pool_(pool) {}
  InputBuffer(const InputBuffer&) = delete;
  InputBuffer& operator=(const InputBuffer&) = delete;

  std::string_view bytes() const { return {memory_.get() + begin_, end_ - begin_}; }
  size_t size() const { return end_ - begin_; }
  char* begin() { return memory_.get() + begin_; }

  // Room for more: at least one byte. Grows only by ensure().
  char* space() { return memory_.get() + end_; }
  size_t space_bytes() const;
  void added(size_t bytes) { end_ += bytes; }

  // Keeps the first `bytes` only.
  void cut(size_t bytes) { end_ = begin_ + bytes; }

  // Makes room for `bytes` in all from begin() on, padding not counted. May move the contents.
  void ensure(size_t bytes);
  // Drops bytes from the front; gives the memory back when nothing is left or when it was grown and no longer needs to
  // be.
  void consume(size_t bytes);
  void release();

 private:
  BufferPool& pool_;
  std::unique_ptr<char[]> memory_;
  size_t capacity_ = 0;
  size_t begin_ = 0;
  size_t end_ = 0;
};

}  // namespace gm::http
