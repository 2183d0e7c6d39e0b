#pragma once
// Talking to the person at the terminal: data goes to stdout, talk to stderr. Colours and the progress bar appear on
// terminals only, and NO_COLOR is honoured.

#include <fmt/format.h>

#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>

#include "lib/base/clock.h"

namespace gm::gamemetrics {

enum class Colour : uint8_t { none, red, green, yellow, bold };
// The escape sequence, or nothing where colours are not wanted.
std::string_view colour(Colour wanted);
bool stderr_is_terminal();

// One line on stderr.
void say_line(std::string_view text);
template <typename... Args>
void say(fmt::format_string<Args...> format, Args&&... args) {
  say_line(fmt::format(format, std::forward<Args>(args)...));
}

// Data on stdout, as it is.
void print(std::string_view text);

// "12,345".
std::string grouped(uint64_t value);
// "4.2 s", "350 ms".
std::string seconds_text(double seconds);

// A bar that redraws itself on a terminal; elsewhere a line every few seconds.
class Progress {
 public:
  // `total` 0: unknown.
  Progress(std::string title, uint64_t total, const Clock& clock);
  void update(uint64_t done, std::string_view remark = {});
  // Clears the bar and says the last line.
  void finish(std::string_view text);

 private:
  std::string title_;
  uint64_t total_;
  const Clock& clock_;
  bool terminal_;
  int64_t started_ns_;
  int64_t drawn_ns_ = 0;
};

}  // namespace gm::gamemetrics
