#include "services/event_ingestion/decoding/batch_builder.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdlib>
#include <string>

namespace gm::event_ingestion {
namespace {

// Sorted. From the SDKs' own lists of what careless integrations send.
constexpr std::array<std::string_view, 20> kPlaceholders = {"0",
                                                            "00000000-0000-0000-0000-000000000000",
                                                            "[object object]",
                                                            "anonymous",
                                                            "anonymous-user",
                                                            "backend",
                                                            "distinct_id",
                                                            "distinctid",
                                                            "email",
                                                            "false",
                                                            "guest",
                                                            "id",
                                                            "nan",
                                                            "none",
                                                            "not_authenticated",
                                                            "null",
                                                            "system",
                                                            "true",
                                                            "undefined",
                                                            "user"};
static_assert(std::is_sorted(kPlaceholders.begin(), kPlaceholders.end()));
constexpr size_t kPlaceholderLengthMax = 36;

// For each length, the letters (a bit each, by their low five bits) that placeholders of that length begin with.
constexpr std::array<uint32_t, kPlaceholderLengthMax + 1> first_letters() {
  std::array<uint32_t, kPlaceholderLengthMax + 1> letters{};
  for (const std::string_view one : kPlaceholders) letters[one.size()] |= uint32_t{1} << (one.front() & 31);
  return letters;
}
constexpr std::array<uint32_t, kPlaceholderLengthMax + 1> kFirstLetters = first_letters();

// Two requests may come in the same millisecond; after a restart the milliseconds are others.
std::atomic<uint64_t> momentless_events{0};

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

}  // namespace

bool is_placeholder_player(std::string_view player) {
  if (player.empty() || player.size() > kPlaceholderLengthMax) return false;
  // Nearly every id is told from all of them by its length and first letter; both cases share their low five bits.
  if ((kFirstLetters[player.size()] >> (player.front() & 31) & 1) == 0) return false;
  std::array<char, kPlaceholderLengthMax> text{};
  std::transform(player.begin(), player.end(), text.begin(), lower);
  return std::binary_search(kPlaceholders.begin(), kPlaceholders.end(), std::string_view(text.data(), player.size()));
}

void BatchBuilder::refuse(Tag tag, std::string_view raw) {
  batch_.verdicts.push_back({batch_.events++, tag, std::nullopt});
  batch_.refused.push_back({tag, raw.substr(0, limits_.rejected_raw_bytes_max)});
}

void BatchBuilder::add(FoundEvent& found) {
  event::Event& event = found.event;
  if (const auto wrong = check_text(event)) return refuse(*wrong, found.raw);
  if (!found.has_time) {
    event.time_ms = batch_.info.received_ms;
    event.flags |= event::kTimeAbsent;
  } else {
    note_time(event);
  }
  const bool own_clock = (event.flags & (event::kTimeAbsent | event::kServerClock)) != 0;
  const int64_t time_ms = event.time_ms + (own_clock ? 0 : skew(batch_.info));
  if (too_old(time_ms, batch_.info)) return refuse(Tag::event_time_too_old, found.raw);
  if (const auto wrong = identify(found)) return refuse(*wrong, found.raw);
  if (event.properties.empty()) event.properties = "{}";
  if (in_future(time_ms, batch_.info)) {
    batch_.verdicts.push_back({batch_.events, Tag::event_time_in_future, event.id});
  }
  batch_.encoder.add(event);
  ++batch_.events;
}

void BatchBuilder::note_time(const event::Event& event) {
  if ((event.flags & event::kServerClock) != 0) return;
  time_min_ = std::min(time_min_, event.time_ms);
  time_max_ = std::max(time_max_, event.time_ms);
}

// A repeat must be recognised, so an id that was not sent comes from the content. Equal contents inside one request are
// different events (two shots in one millisecond); without a time of the sender's clock they are different in every
// request, for nothing tells a repeat from a second shot.
std::optional<Tag> BatchBuilder::identify(FoundEvent& found) {
  if (!found.id_text.empty()) {
    if (found.id_text.size() > kNameBytesMax) return Tag::event_id_invalid;
    const auto uuid = Uuid::parse(found.id_text);
    found.event.id = uuid ? *uuid : Uuid::derived_from(found.id_text);
    return std::nullopt;
  }
  found.event.flags |= event::kIdDerived;
  const Uuid content = Uuid::derived_from(found.raw);
  const uint32_t seen = derived_[content]++;
  const bool has_moment = found.has_time && (found.event.flags & event::kServerClock) == 0;
  if (seen == 0 && has_moment) {
    found.event.id = content;
    return std::nullopt;
  }
  std::string text(found.raw);
  text += '#';
  text += std::to_string(seen);
  if (!has_moment) {
    text += '@' + std::to_string(batch_.info.received_ms);
    text += '.' + std::to_string(momentless_events.fetch_add(1, std::memory_order_relaxed));
  }
  found.event.id = Uuid::derived_from(text);
  return std::nullopt;
}

std::optional<Tag> BatchBuilder::check_text(const event::Event& event) const {
  if (event.name.empty()) return Tag::event_name_missing;
  if (event.name.size() > kNameBytesMax) return Tag::event_name_too_long;
  if (event.player.empty()) return Tag::player_id_missing;
  if (event.player.size() > kNameBytesMax) return Tag::player_id_too_long;
  if (is_placeholder_player(event.player)) return Tag::player_id_refused;
  for (const std::string_view text : {event.session, event.country, event.platform, event.device, event.build}) {
    if (text.size() > kNameBytesMax) return Tag::field_too_long;
  }
  return std::nullopt;
}

// The processor corrects the time itself; here it only decides what the sender is told.
int64_t BatchBuilder::skew(const event::BatchInfo& info) const {
  const int64_t found = info.sent_ms != 0 && !info.historical ? info.received_ms - info.sent_ms : 0;
  return std::abs(found) > limits_.skew_tolerance_ms ? found : 0;
}

bool BatchBuilder::depends_on(const event::BatchInfo& info) const {
  if (time_min_ == INT64_MAX) return false;
  const auto differs = [&](int64_t time) {
    const int64_t then = time + skew(batch_.info);
    const int64_t now = time + skew(info);
    return too_old(now, info) != too_old(then, batch_.info) || in_future(now, info) != in_future(then, batch_.info);
  };
  return differs(time_min_) || differs(time_max_);
}

DecodedBatch BatchBuilder::finish(const event::BatchInfo& info) && {
  batch_.info = info;
  batch_.encoder.set_info(info);
  return std::move(batch_);
}

}  // namespace gm::event_ingestion
