#include "services/event_ingestion/decoding/batch_builder.h"

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <string>

namespace gm::event_ingestion {
namespace {

// Two requests may come in the same millisecond; after a restart the milliseconds are others.
std::atomic<uint64_t> momentless_events{0};

}  // namespace

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
  event.properties = reserved_.screen(event.properties, found.address);
  if (event.properties.empty()) event.properties = "{}";
  if (reserved_.left_out()) warn(Tag::property_reserved, event);
  if (in_future(time_ms, batch_.info)) warn(Tag::event_time_in_future, event);
  judge_money(event);
  batch_.encoder.add(event);
  ++batch_.events;
}

void BatchBuilder::judge_money(event::Event& event) {
  if (limits_.sender.is_server) {
    event.flags |= event::kServerValidated;
  } else if (event.revenue_micros && !limits_.client_revenue_counts) {
    event.claimed_micros = *event.revenue_micros;
    event.revenue_micros.reset();
    event.flags |= event::kRevenueNotValidated;
    warn(Tag::revenue_not_validated, event);
  }
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
  if (limits_.refused_players->holds(event.player)) return Tag::player_id_refused;
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
