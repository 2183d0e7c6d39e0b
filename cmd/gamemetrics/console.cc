#include "cmd/gamemetrics/console.h"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>

namespace gm::gamemetrics {
namespace {

constexpr int64_t kRedrawNs = 100'000'000;       // on a terminal
constexpr int64_t kLineEveryNs = 5'000'000'000;  // elsewhere
constexpr int kBarWidth = 30;

bool colours_wanted() {
  const char* off = std::getenv("NO_COLOR");
  return stderr_is_terminal() && (off == nullptr || *off == '\0');
}

}  // namespace

bool stderr_is_terminal() {
  static const bool terminal = isatty(STDERR_FILENO) == 1;
  return terminal;
}

std::string_view colour(Colour wanted) {
  static const bool wants = colours_wanted();
  if (!wants) return "";
  switch (wanted) {
    case Colour::none:
      return "\x1b[0m";
    case Colour::red:
      return "\x1b[31m";
    case Colour::green:
      return "\x1b[32m";
    case Colour::yellow:
      return "\x1b[33m";
    case Colour::bold:
      return "\x1b[1m";
  }
  return "";
}

void say_line(std::string_view text) { fmt::print(stderr, "{}\n", text); }

void print(std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
  std::fflush(stdout);
}

std::string grouped(uint64_t value) {
  std::string text = std::to_string(value);
  for (auto at = static_cast<ptrdiff_t>(text.size()) - 3; at > 0; at -= 3) text.insert(static_cast<size_t>(at), ",");
  return text;
}

std::string seconds_text(double seconds) {
  return seconds < 1 ? fmt::format("{:.0f} ms", seconds * 1000) : fmt::format("{:.1f} s", seconds);
}

Progress::Progress(std::string title, uint64_t total, const Clock& clock)
    : title_(std::move(title)),
      total_(total),
      clock_(clock),
      terminal_(stderr_is_terminal()),
      started_ns_(clock.monotonic_ns()) {
  drawn_ns_ = terminal_ ? started_ns_ - kRedrawNs : started_ns_;
}

void Progress::update(uint64_t done, std::string_view remark) {
  const int64_t now = clock_.monotonic_ns();
  if (now - drawn_ns_ < (terminal_ ? kRedrawNs : kLineEveryNs)) return;
  drawn_ns_ = now;
  const double seconds = static_cast<double>(now - started_ns_) / 1e9;
  const double rate = seconds > 0 ? static_cast<double>(done) / seconds : 0;
  std::string text = title_;
  if (total_ > 0) {
    const double share = std::min(1.0, static_cast<double>(done) / static_cast<double>(total_));
    const int filled = static_cast<int>(share * kBarWidth);
    if (terminal_)
      text += fmt::format(" [{}{}]", std::string(static_cast<size_t>(filled), '='),
                          std::string(static_cast<size_t>(kBarWidth - filled), ' '));
    text += fmt::format(" {:3.0f} %", share * 100);
  }
  text += fmt::format("  {} events, {}/s", grouped(done), grouped(static_cast<uint64_t>(rate)));
  if (!remark.empty()) text += fmt::format("  {}", remark);
  if (terminal_)
    fmt::print(stderr, "\r\x1b[K{}", text);
  else
    fmt::print(stderr, "{}\n", text);
  std::fflush(stderr);
}

void Progress::finish(std::string_view text) {
  if (terminal_) fmt::print(stderr, "\r\x1b[K");
  if (!text.empty()) say_line(text);
}

}  // namespace gm::gamemetrics
