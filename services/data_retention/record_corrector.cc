#include "services/data_retention/record_corrector.h"

#include <algorithm>
#include <deque>

namespace gm::data_retention {

bool RecordCorrector::is_his(std::string_view id) const {
  return std::ranges::find(correction_.ids, id) != correction_.ids.end();
}

std::optional<std::vector<log::RecordPart>> RecordCorrector::edit(log::Topic topic, std::string_view payload,
                                                                  uint32_t count) {
  if (topic != log::Topic::events_raw || event::is_link_undo(payload)) return std::nullopt;
  // A record holds players' ids as they are.
  const auto is_in = [&](const std::string& id) { return payload.find(id) != std::string_view::npos; };
  if (std::ranges::none_of(correction_.ids, is_in)) return std::nullopt;
  auto batch = event::decode_batch(payload);
  // What cannot be read is in no number.
  if (!batch || batch->info.project != correction_.project || batch->info.received_ms > correction_.until_ms)
    return std::nullopt;
  std::deque<std::string> room;  // never moved: the events' texts are in it
  int64_t corrected = 0;
  for (event::Event& event : batch->events) {
    if (is_his(event.player) && event::correct(correction_.correction, event, room.emplace_back())) ++corrected;
  }
  if (corrected == 0) return std::nullopt;
  corrected_ += corrected;
  event::BatchEncoder encoder(batch->info);
  for (const event::Event& event : batch->events) encoder.add(event);
  return std::vector<log::RecordPart>{{std::move(encoder).take(), count}};
}

}  // namespace gm::data_retention
