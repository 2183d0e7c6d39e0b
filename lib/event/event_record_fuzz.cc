// What decodes must encode to something that decodes to the same; anything else must be refused without reading
// outside.

#include <cstdlib>
#include <string>

#include "lib/event/event.h"

namespace {

using gm::event::BatchEncoder;

void check(bool holds) {
  if (!holds) std::abort();
}

void round_trip(std::string_view bytes) {
  auto batch = gm::event::decode_batch(bytes);
  if (!batch) return;
  BatchEncoder encoder(batch->info);
  for (const auto& event : batch->events) encoder.add(event);
  const std::string again = std::move(encoder).take();
  check(again.size() == bytes.size());
  auto second = gm::event::decode_batch(again);
  check(second.ok() && second->events.size() == batch->events.size());
  for (size_t i = 0; i < batch->events.size(); ++i) {
    check(second->events[i].id == batch->events[i].id);
    check(second->events[i].name == batch->events[i].name);
    check(second->events[i].properties == batch->events[i].properties);
    check(second->events[i].revenue_micros == batch->events[i].revenue_micros);
  }
}

void round_trip_rejected(std::string_view bytes) {
  auto batch = gm::event::decode_rejected(bytes);
  if (!batch) return;
  const std::string again = gm::event::encode_rejected(batch->info, batch->rejected);
  check(again.size() == bytes.size());
  auto second = gm::event::decode_rejected(again);
  check(second.ok() && second->rejected.size() == batch->rejected.size());
}

void round_trip_undo(std::string_view bytes) {
  const auto undo = gm::event::decode_link_undo(bytes);
  if (!undo) return;
  const auto second = gm::event::decode_link_undo(gm::event::encode_link_undo(*undo));
  check(second.ok() && second->link == undo->link && second->project == undo->project);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  round_trip(bytes);
  round_trip_rejected(bytes);
  round_trip_undo(bytes);
  return 0;
}
