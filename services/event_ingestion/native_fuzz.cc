#include <string>

#include "lib/http/message.h"
#include "services/event_ingestion/native_decoder.h"

using namespace gm;

// Whatever the body, decoding ends, and what was taken can be read back from its record.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const auto settings = event_ingestion::IngestSettings::from(config::Settings::defaults());
  std::string bytes(reinterpret_cast<const char*>(data), size);
  bytes.resize(size + http::kBodyPadding);
  constexpr int64_t kNow = 1'795'000'000'000;
  auto decoded = event_ingestion::decode_native(
      {std::string_view(bytes).substr(0, size), ProjectId::from_stored(1), kNow, 0}, settings);
  if (!decoded.ok()) return 0;
  auto& batch = *decoded;
  const uint32_t accepted = batch.encoder.count();
  if (accepted + batch.refused.size() != batch.events) __builtin_trap();
  const std::string record = std::move(batch.encoder).take();
  const auto back = event::decode_batch(record);
  if (!back.ok() || back->events.size() != accepted) __builtin_trap();
  return 0;
}
