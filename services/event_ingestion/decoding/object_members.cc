#include "services/event_ingestion/decoding/object_members.h"

#include "services/event_ingestion/decoding/amount.h"
#include "services/event_ingestion/decoding/batch_builder.h"

namespace gm::event_ingestion {
namespace {

using codec::JsonCursor;
using codec::JsonKind;
using codec::JsonValue;

bool is_text_or_number(const JsonValue& value) {
  return value.kind == JsonKind::string || value.kind == JsonKind::number;
}

}  // namespace

void ObjectMembers::read(EventReader& reader, const IngestSettings& limits, uint32_t depth) {
  JsonCursor& cursor = reader.cursor();
  uint32_t count = 0;
  for (bool more = cursor.begin_object(); more; more = cursor.next_member()) {
    const codec::JsonText key = cursor.key();
    const std::string_view name = reader.texts().of(key);
    if (name == "revenue" && cursor.peek() == '{') look_into_revenue(cursor, reader.texts());
    const JsonValue value = cursor.value();
    count += 1 + value.members;
    reader.check(value.is_text && key.is_text, depth + value.depth, count);
    if (count > limits.properties_max) continue;
    members_.push_back({name, key, value, is_text_or_number(value) ? reader.texts().of(value) : std::string_view()});
  }
}

// By value: the cursor of the event goes on as if nobody had looked.
void ObjectMembers::look_into_revenue(JsonCursor cursor, TextStore& texts) {
  for (bool more = cursor.begin_object(); more; more = cursor.next_member()) {
    const std::string_view key = texts.of(cursor.key());
    const JsonValue value = cursor.value();
    if (!is_text_or_number(value)) continue;
    if (key == "amount") revenue_amount_ = texts.of(value);
    if (key == "currency") revenue_currency_ = texts.of(value);
  }
}

const ObjectMembers::Member* ObjectMembers::find(std::string_view name) const {
  for (const Member& member : members_) {
    if (member.name == name) return &member;
  }
  return nullptr;
}

std::string_view ObjectMembers::text(std::string_view name) const {
  const Member* member = find(name);
  return member == nullptr ? std::string_view() : member->text;
}

std::string_view ObjectMembers::first_of(std::span<const std::string_view> names) const {
  for (const std::string_view name : names) {
    if (const auto found = text(name); !found.empty()) return found;
  }
  return {};
}

std::string_view ObjectMembers::dimension(std::span<const std::string_view> names) const {
  const std::string_view found = first_of(names);
  return found.size() > kNameBytesMax ? std::string_view() : found;
}

std::string_view ObjectMembers::json(std::string_view name) const {
  const Member* member = find(name);
  return member == nullptr ? std::string_view() : json_source(member->value);
}

void ObjectMembers::write(PropertyWriter& out) const {
  for (const Member& member : members_) out.member(member.key, member.value);
}

void ObjectMembers::money(std::string_view amount, std::string_view currency, event::Event& event) {
  const bool nested = !revenue_amount_.empty();
  const auto micros = parse_micros(nested ? revenue_amount_ : amount);
  if (!micros || !read_currency(nested ? revenue_currency_ : currency, currency_)) return;
  event.revenue_micros = micros;
  event.currency = std::string_view(currency_.data(), currency_.size());
}

}  // namespace gm::event_ingestion
