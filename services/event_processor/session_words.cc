#include "services/event_processor/session_words.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "lib/base/time.h"

namespace gm::event_processor {
namespace {

constexpr std::string_view kFamily = "session_";
constexpr std::string_view kStart = "session_start";
constexpr std::string_view kEnd = "session_end";
constexpr std::string_view kUpdate = "session_update";
constexpr std::string_view kSeconds = "seconds";

}  // namespace

SessionWords SessionWordsReader::read(const event::Event& event) {
  SessionWords words;
  if (!event.name.starts_with(kFamily)) return words;
  if (event.name == kStart) words.marks = store::kOpened;
  if (event.name == kEnd) {
    words.marks = store::kClosed;
    words.told_ms = length_ms(event.properties).value_or(store::kLengthNotTold);
  }
  if (event.name == kUpdate) words.added_ms = length_ms(event.properties).value_or(0);
  return words;
}

std::optional<int64_t> SessionWordsReader::length_ms(std::string_view properties) {
  if (properties.find(kSeconds) == std::string_view::npos || !index_.read(properties)) return std::nullopt;
  codec::JsonCursor cursor(index_);
  for (bool more = cursor.begin_object(); more; more = cursor.next_member()) {
    const bool wanted = cursor.key().raw == kSeconds;
    const codec::JsonValue value = cursor.value();
    if (!wanted) continue;
    double seconds = 0;
    const auto [end, error] = std::from_chars(value.raw.data(), value.raw.data() + value.raw.size(), seconds);
    if (value.kind != codec::JsonKind::number || error != std::errc() || !std::isfinite(seconds) || seconds < 0)
      return std::nullopt;
    return std::llround(std::min(seconds * kMsPerSecond, static_cast<double>(length_max_ms_)));
  }
  return std::nullopt;
}

}  // namespace gm::event_processor
