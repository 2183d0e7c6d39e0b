#include "lib/event/event.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <optional>

namespace gm::event {
namespace {

static_assert(std::endian::native == std::endian::little, "the record format is little-endian");

constexpr uint8_t kBatchVersion = 1;
constexpr uint8_t kRejectedVersion = 2;
constexpr uint8_t kLinkUndoVersion = 3;
constexpr uint8_t kNewestVersion = kLinkUndoVersion;
constexpr uint16_t kHistorical = 1;
constexpr size_t kCountPosition = 24;
constexpr size_t kHeaderBytes = 28;

// Record header, kHeaderBytes: version, source, flags, project, received, sent, count.
struct HeaderView {
  uint8_t version;
  BatchInfo info;
  uint32_t count;
};

template <typename T>
void put(std::string& out, T value) {
  out.append(reinterpret_cast<const char*>(&value), sizeof value);
}

// Lengths are cut to what the length field can hold; decoders enforce far smaller limits before.
void put_short(std::string& out, std::string_view text) {
  const auto length = static_cast<uint16_t>(std::min<size_t>(text.size(), UINT16_MAX));
  put(out, length);
  out.append(text.data(), length);
}

void put_long(std::string& out, std::string_view text) {
  put(out, static_cast<uint32_t>(text.size()));
  out.append(text);
}

// Writes at `out`, where there is room, and returns the place behind.
template <typename T>
char* poke(char* out, T value) {
  std::memcpy(out, &value, sizeof value);
  return out + sizeof value;
}

char* poke_bytes(char* out, std::string_view bytes) {
  if (!bytes.empty()) std::memcpy(out, bytes.data(), bytes.size());
  return out + bytes.size();
}

// Precondition: sizeof(Word) <= size <= 2 * sizeof(Word). Two copies, which may overlap.
template <typename Word>
void poke_ends(char* out, const char* from, size_t size) {
  Word first, last;
  std::memcpy(&first, from, sizeof first);
  std::memcpy(&last, from + size - sizeof last, sizeof last);
  poke(out, first);
  poke(out + size - sizeof last, last);
}

// poke_bytes() without a call for the few bytes that most names and ids have.
char* poke_few_bytes(char* out, std::string_view bytes) {
  const size_t size = bytes.size();
  if (size == 0) return out;
  if (size < 2 || size > 16) return poke_bytes(out, bytes);
  if (size >= 8) {
    poke_ends<uint64_t>(out, bytes.data(), size);
  } else if (size >= 4) {
    poke_ends<uint32_t>(out, bytes.data(), size);
  } else {
    poke_ends<uint16_t>(out, bytes.data(), size);
  }
  return out + size;
}

// Over the first kHeaderBytes of `bytes`, or as its first ones.
void put_header(std::string& bytes, uint8_t version, const BatchInfo& info, uint32_t count) {
  if (bytes.empty()) bytes.resize(kHeaderBytes);
  char* out = bytes.data();
  out = poke(out, version);
  out = poke(out, static_cast<uint8_t>(info.source));
  out = poke(out, static_cast<uint16_t>(info.historical ? kHistorical : 0));
  out = poke(out, info.project.value());
  out = poke(out, info.received_ms);
  out = poke(out, info.sent_ms);
  poke(out, count);
}

// A cursor that fails once and stays failed: callers check ok() at the end of each unit.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : rest_(bytes) {}

  template <typename T>
  T get() {
    T value{};
    if (rest_.size() < sizeof value) {
      fail();
      return value;
    }
    std::memcpy(&value, rest_.data(), sizeof value);
    rest_.remove_prefix(sizeof value);
    return value;
  }
  std::string_view get_short() { return bytes(get<uint16_t>()); }
  std::string_view get_long() { return bytes(get<uint32_t>()); }
  bool ok() const { return ok_; }
  bool at_end() const { return rest_.empty(); }
  size_t left() const { return rest_.size(); }

 private:
  std::string_view bytes(size_t n) {
    if (rest_.size() < n) {
      fail();
      return {};
    }
    const std::string_view taken = rest_.substr(0, n);
    rest_.remove_prefix(n);
    return taken;
  }
  void fail() {
    ok_ = false;
    rest_ = {};
  }

  std::string_view rest_;
  bool ok_ = true;
};

HeaderView get_header(Reader& reader) {
  HeaderView header{};
  header.version = reader.get<uint8_t>();
  header.info.source = static_cast<Source>(reader.get<uint8_t>());
  header.info.historical = (reader.get<uint16_t>() & kHistorical) != 0;
  header.info.project = ProjectId::from_stored(reader.get<uint32_t>());
  header.info.received_ms = reader.get<int64_t>();
  header.info.sent_ms = reader.get<int64_t>();
  header.count = reader.get<uint32_t>();
  return header;
}

Event get_event(Reader& reader) {
  Event event;
  event.id.high = reader.get<uint64_t>();
  event.id.low = reader.get<uint64_t>();
  event.time_ms = reader.get<int64_t>();
  const auto revenue = reader.get<int64_t>();
  event.flags = reader.get<uint16_t>();
  const bool counts = reader.get<uint8_t>() != 0;
  if (counts) event.revenue_micros = revenue;
  if (!counts && (event.flags & kRevenueNotValidated) != 0) event.claimed_micros = revenue;
  event.name = reader.get_short();
  event.player = reader.get_short();
  event.session = reader.get_short();
  event.currency = reader.get_short();
  event.country = reader.get_short();
  event.platform = reader.get_short();
  event.device = reader.get_short();
  event.build = reader.get_short();
  event.properties = reader.get_long();
  return event;
}

// The smallest encoded unit; bounds how many units a payload of a given size can claim.
constexpr size_t kEventBytesMin = 16 + 8 + 8 + 2 + 1 + 8 * 2 + 4;
constexpr size_t kRejectedBytesMin = 2 + 2 + 4;

Error malformed(const char* what) { return {"gm-record-malformed", std::string("log record: ") + what}; }

// Told apart from damage: what a newer program wrote is whole, and whoever passes it over loses it.
std::optional<Error> written_by_newer(std::string_view payload) {
  const uint8_t version = payload.empty() ? 0 : static_cast<uint8_t>(payload.front());
  if (version <= kNewestVersion) return std::nullopt;
  return Error{"gm-log-version", "a log record has version " + std::to_string(version) + ", this program knows up to " +
                                     std::to_string(kNewestVersion) +
                                     ": it was written by a newer gamemetrics; go on with that one"};
}

}  // namespace

std::string_view source_name(Source source) {
  constexpr std::array<std::string_view, 11> kNames = {"native",        "posthog",     "segment",  "amplitude",
                                                       "gameanalytics", "snowplow",    "mixpanel", "countly",
                                                       "otlp",          "cloudevents", "aws_game"};
  const auto index = static_cast<size_t>(source);
  return index < kNames.size() ? kNames[index] : "unknown";
}

BatchEncoder::BatchEncoder(const BatchInfo& info) { put_header(bytes_, kBatchVersion, info, 0); }

// One growth of the buffer per event, then plain copies: this runs for every event there is.
void BatchEncoder::add(const Event& event) {
  const std::string_view shorts[] = {event.name,    event.player,   event.session, event.currency,
                                     event.country, event.platform, event.device,  event.build};
  size_t needed = kEventBytesMin + event.properties.size();
  for (const std::string_view text : shorts) needed += std::min<size_t>(text.size(), UINT16_MAX);
  const size_t start = bytes_.size();
  bytes_.resize(start + needed);
  char* out = bytes_.data() + start;
  out = poke(out, event.id.high);
  out = poke(out, event.id.low);
  out = poke(out, event.time_ms);
  out = poke(out, event.revenue_micros.value_or(event.claimed_micros));
  out = poke(out, event.flags);
  out = poke(out, static_cast<uint8_t>(event.revenue_micros ? 1 : 0));
  for (const std::string_view text : shorts) {
    const auto length = static_cast<uint16_t>(std::min<size_t>(text.size(), UINT16_MAX));
    out = poke_few_bytes(poke(out, length), text.substr(0, length));
  }
  poke_bytes(poke(out, static_cast<uint32_t>(event.properties.size())), event.properties);
  ++count_;
}

void BatchEncoder::set_info(const BatchInfo& info) { put_header(bytes_, kBatchVersion, info, count_); }

std::string BatchEncoder::take() && {
  std::memcpy(bytes_.data() + kCountPosition, &count_, sizeof count_);
  return std::move(bytes_);
}

Result<Batch> decode_batch(std::string_view payload) {
  if (const auto newer = written_by_newer(payload)) return *newer;
  Reader reader(payload);
  const HeaderView header = get_header(reader);
  if (!reader.ok() || header.version != kBatchVersion) return malformed("not a batch of events");
  if (header.count > reader.left() / kEventBytesMin) return malformed("the count exceeds the payload");
  Batch batch{header.info, {}};
  batch.events.reserve(header.count);
  for (uint32_t i = 0; i < header.count; ++i) {
    batch.events.push_back(get_event(reader));
    if (!reader.ok()) return malformed("an event is cut short");
  }
  if (!reader.at_end()) return malformed("bytes follow the last event");
  return batch;
}

std::string encode_rejected(const BatchInfo& info, const std::vector<Rejected>& rejected) {
  std::string bytes;
  put_header(bytes, kRejectedVersion, info, static_cast<uint32_t>(rejected.size()));
  for (const Rejected& one : rejected) {
    put_short(bytes, one.reason);
    put_short(bytes, one.detail);
    put_long(bytes, one.raw);
  }
  return bytes;
}

Result<RejectedBatch> decode_rejected(std::string_view payload) {
  if (const auto newer = written_by_newer(payload)) return *newer;
  Reader reader(payload);
  const HeaderView header = get_header(reader);
  if (!reader.ok() || header.version != kRejectedVersion) return malformed("not a batch of rejected events");
  if (header.count > reader.left() / kRejectedBytesMin) return malformed("the count exceeds the payload");
  RejectedBatch batch{header.info, {}};
  batch.rejected.reserve(header.count);
  for (uint32_t i = 0; i < header.count; ++i) {
    Rejected one;
    one.reason = reader.get_short();
    one.detail = reader.get_short();
    one.raw = reader.get_long();
    if (!reader.ok()) return malformed("a rejected event is cut short");
    batch.rejected.push_back(one);
  }
  if (!reader.at_end()) return malformed("bytes follow the last rejected event");
  return batch;
}

std::string encode_link_undo(const LinkUndo& undo) {
  BatchInfo info;
  info.project = undo.project;
  info.received_ms = undo.decided_ms;
  std::string bytes;
  put_header(bytes, kLinkUndoVersion, info, 1);
  put(bytes, undo.link.high);
  put(bytes, undo.link.low);
  return bytes;
}

bool is_link_undo(std::string_view payload) {
  return !payload.empty() && static_cast<uint8_t>(payload.front()) == kLinkUndoVersion;
}

Result<LinkUndo> decode_link_undo(std::string_view payload) {
  if (const auto newer = written_by_newer(payload)) return *newer;
  Reader reader(payload);
  const HeaderView header = get_header(reader);
  if (!reader.ok() || header.version != kLinkUndoVersion) return malformed("not the undo of a link");
  LinkUndo undo{header.info.project, {}, header.info.received_ms};
  undo.link.high = reader.get<uint64_t>();
  undo.link.low = reader.get<uint64_t>();
  if (!reader.ok() || !reader.at_end() || header.count != 1) return malformed("the undo of a link has another length");
  return undo;
}

}  // namespace gm::event
