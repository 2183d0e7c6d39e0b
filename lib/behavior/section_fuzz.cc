// A section made of the input in two ways: as raw bytes, and as a good section that the input then damages, with its
// checksums made right again so that the damage gets past them. Whatever the bytes: no crash, and what verify()
// accepts can be read and asked.

#include <cstdlib>
#include <cstring>
#include <string>

#include "lib/behavior/counts.h"
#include "lib/behavior/funnel.h"
#include "lib/behavior/paths.h"
#include "lib/behavior/section_build.h"
#include "lib/behavior/timeline.h"
#include "lib/codec/crc32c.h"

namespace {

using namespace gm;            // NOLINT(google-build-using-namespace): a program of one file
using namespace gm::behavior;  // NOLINT(google-build-using-namespace)

class Input {
 public:
  Input(const uint8_t* data, size_t size) : data_(data), size_(size) {}
  uint8_t byte() {
    if (size_ == 0) return 0;
    --size_;
    return *data_++;
  }
  uint64_t number() {
    uint64_t value = 0;
    for (int i = 0; i < 3; ++i) value = value << 8 | byte();
    return value;
  }
  bool empty() const { return size_ == 0; }
  std::string rest() const { return {reinterpret_cast<const char*>(data_), size_}; }

 private:
  const uint8_t* data_;
  size_t size_;
};

std::string built_section(Input& input) {
  Dictionaries dictionaries;
  std::vector<EventEntry> entries(1 + input.byte() % 40);
  for (EventEntry& entry : entries) {
    entry.player = entry.origin = input.byte() % 5;
    if (input.byte() % 8 == 0) entry.origin = 9;
    entry.time_ms = static_cast<int64_t>(input.number());
    entry.offset = input.number();
    entry.date = {input.byte()};
    entry.event = dictionaries.names.code(std::string(1, static_cast<char>('a' + input.byte() % 6)));
    AttributeValues values{};
    for (size_t d = 0; d < kDimensions; ++d) values[d] = dictionaries.values[d].code(std::to_string(input.byte() % 3));
    entry.attributes = dictionaries.attributes.code(values);
    entry.session = input.byte() % 3;
    if (input.byte() % 4 == 0) entry.revenue_micros = static_cast<int64_t>(input.number());
  }
  return encode_section(entries, dictionaries, {1, 0});
}

void repair_checksums(std::string& bytes) {
  if (bytes.size() < kSectionHeaderBytes) return;
  SectionHeader header;
  std::memcpy(static_cast<void*>(&header), bytes.data(), sizeof header);
  for (ColumnPlace& place : header.columns) {
    if (place.at <= bytes.size() && place.bytes <= bytes.size() - place.at)
      place.crc = codec::crc32c(0, std::string_view(bytes).substr(place.at, place.bytes));
  }
  seal(header);
  std::memcpy(bytes.data(), &header, sizeof header);
}

void ask(const Snapshot& snapshot) {
  FunnelQuery funnels;
  funnels.steps = {{{"a"}, false, {}}, {{}, true, {{Dimension::build, {"1"}, true}}}};
  funnels.window_ms = 100'000;
  funnels.unit = Unit::session;
  funnels.breakdown = Dimension::country;
  (void)funnel(snapshot, funnels);
  (void)counts(snapshot, {{{}, true, {}}, {}, Dimension::source, true, 1});
  PathsQuery path;
  path.anchor = path.others = {{}, true, {}};
  (void)paths(snapshot, path);
  (void)timeline(snapshot, 1, 0, 10);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  Input input(data, size);
  const bool raw = input.byte() % 4 == 0;
  std::string bytes = raw ? input.rest() : built_section(input);
  while (!raw && !input.empty()) {
    const size_t at = input.number() % bytes.size();
    bytes[at] = static_cast<char>(input.byte());
  }
  repair_checksums(bytes);
  const auto owner = std::make_shared<const std::string>(std::move(bytes));
  const auto section = Section::open(owner, *owner);
  if (!section) return 0;
  Snapshot snapshot;
  snapshot.sources = {{*section, nullptr}, {*section, nullptr}};
  ask(snapshot);
  if ((*section)->rows() == 0 || !(*section)->verify(ColumnSet::all())) return 0;
  MemorySink sink;
  (void)merge_sections(snapshot.sources, Identity({{1, 2}}, {3}), sink, nullptr);
  return 0;
}
