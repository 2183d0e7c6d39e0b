#include "services/event_ingestion/decoding/ingest_settings.h"
#include "services/event_ingestion/dialects/posthog/posthog_v1_decoder.h"

#include <string>

#include "lib/http/message.h"

// The dialect itself refuses what lacks its headers, so that the decoder is called past it.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace gm;
  static const auto settings = event_ingestion::IngestSettings::from(config::Settings::defaults());
  std::string bytes(reinterpret_cast<const char*>(data), size);
  bytes.resize(size + http::kBodyPadding);
  auto batch = event_ingestion::decode_posthog_v1(
      {std::string_view(bytes).substr(0, size), ProjectId(), 1'795'000'000'000, 0}, "posthog-node/5", settings);
  if (!batch.ok()) return 0;
  const uint32_t accepted = batch->encoder.count();
  if (accepted + batch->refused.size() != batch->events) __builtin_trap();
  const std::string record = std::move(batch->encoder).take();
  const auto back = event::decode_batch(record);
  if (!back.ok() || back->events.size() != accepted) __builtin_trap();
  for (const event::Event& event : back->events) {
    codec::JsonIndex index;
    if (!index.read(event.properties)) __builtin_trap();
    codec::JsonCursor cursor(index);
    if (cursor.value().kind != codec::JsonKind::object || !cursor.finish()) __builtin_trap();
  }
  return 0;
}
