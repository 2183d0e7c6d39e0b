#include "services/event_ingestion/dialects/otlp/otlp_protobuf.h"

#include <fmt/format.h>

#include <cmath>

#include "lib/codec/protobuf_wire.h"
#include "lib/codec/text_codecs.h"
#include "services/event_ingestion/decoding/property_writer.h"
#include "services/event_ingestion/dialects/otlp/otlp_answers.h"

namespace gm::event_ingestion {
namespace {

using codec::ProtobufReader;
using codec::WireType;

constexpr Tag kBadText = Tag::text_invalid;

std::string hex(std::string_view bytes) {
  std::string out;
  for (const char c : bytes) out += fmt::format("{:02x}", static_cast<uint8_t>(c));
  return out;
}

// JSON has no number for these.
std::string number_json(double number) {
  if (std::isnan(number)) return "\"NaN\"";
  if (std::isinf(number)) return number > 0 ? "\"Infinity\"" : "\"-Infinity\"";
  return fmt::format("{}", number);
}

// One attribute list: each value as JSON. `broken` when the wire format is not one.
class ValueReader {
 public:
  ValueReader(OtlpAttributes& into, TextStore& texts, bool& broken) : into_(into), texts_(texts), broken_(broken) {}

  OtlpValue read(std::string_view message, size_t depth) {
    OtlpValue value;
    ProtobufReader reader(message);
    while (reader.next()) {
      if (reader.field() >= 1 && reader.field() <= 7) value = {};  // of a oneof the last counts
      field(reader, depth, value);
    }
    broken_ |= reader.broken();
    return value;
  }

  // A KeyValue.
  std::string_view key_value(std::string_view message, size_t depth, OtlpValue& value) {
    std::string_view key;
    ProtobufReader reader(message);
    while (reader.next()) {
      if (reader.is(1, WireType::bytes)) key = text(reader.bytes());
      if (reader.is(2, WireType::bytes)) value = read(reader.bytes(), depth);
    }
    broken_ |= reader.broken();
    return key;
  }

  std::string_view text(std::string_view bytes) {
    if (!codec::is_utf8(bytes)) into_.note(kBadText);
    return bytes;
  }

 private:
  void field(const ProtobufReader& reader, size_t depth, OtlpValue& value) {
    if (reader.is(1, WireType::bytes)) {
      value.text = text(reader.bytes());
      value.json = json_quoted(value.text);
    } else if (reader.is(2, WireType::varint)) {
      value.json = reader.integer() != 0 ? "true" : "false";
    } else if (reader.is(3, WireType::varint)) {
      number(std::to_string(static_cast<int64_t>(reader.integer())), value);
    } else if (reader.is(4, WireType::fixed64)) {
      number(number_json(reader.number()), value);
    } else if (reader.is(5, WireType::bytes)) {
      if (into_.may_nest(depth)) value.json = list(reader.bytes(), depth);
    } else if (reader.is(6, WireType::bytes)) {
      if (into_.may_nest(depth)) value.json = object(reader.bytes(), depth);
    } else if (reader.is(7, WireType::bytes)) {
      value.json = json_quoted(codec::base64_encode(reader.bytes()));
    }
  }

  void number(std::string json, OtlpValue& value) {
    value.text = texts_.keep(json);
    value.json = std::move(json);
  }

  std::string list(std::string_view message, size_t depth) {
    std::string out = "[";
    ProtobufReader reader(message);
    while (reader.next()) {
      if (!reader.is(1, WireType::bytes)) continue;
      const OtlpValue one = read(reader.bytes(), depth + 1);
      out.append(out.size() > 1 ? "," : "").append(one.json.empty() ? "null" : one.json);
    }
    broken_ |= reader.broken();
    return out + "]";
  }

  std::string object(std::string_view message, size_t depth) {
    PropertyWriter out;
    ProtobufReader reader(message);
    while (reader.next()) {
      if (!reader.is(1, WireType::bytes)) continue;
      if (!into_.count_member()) break;
      OtlpValue one;
      const std::string_view key = key_value(reader.bytes(), depth + 1, one);
      out.value(key, one.json.empty() ? "null" : one.json);
    }
    broken_ |= reader.broken();
    return std::move(out).finish();
  }

  OtlpAttributes& into_;
  TextStore& texts_;
  bool& broken_;
};

class Request {
 public:
  explicit Request(OtlpEvents& events) : events_(events) {}

  Status read(std::string_view body) {
    each(body, 1, [&](std::string_view logs) { resource_logs(logs); });
    if (full_) return otlp_too_many(events_.limits());
    if (broken_) return Error{"gm-body-malformed", "the body is not a protobuf message ExportLogsServiceRequest"};
    return {};
  }

 private:
  // Calls `use` with each embedded message of the number.
  template <typename Use>
  void each(std::string_view message, uint32_t number, Use use) {
    ProtobufReader reader(message);
    while (!full_ && !broken_ && reader.next()) {
      if (reader.is(number, WireType::bytes)) use(reader.bytes());
    }
    broken_ |= reader.broken();
  }

  void attribute(std::string_view message, OtlpAttributes& into) {
    OtlpValue value;
    const std::string_view key = ValueReader(into, events_.texts(), broken_).key_value(message, 1, value);
    into.add(key, std::move(value));
  }

  // A resource may stand behind the records that it is about.
  void resource_logs(std::string_view message) {
    OtlpOrigin origin(events_.limits());
    each(message, 1, [&](std::string_view resource) {
      if (resource.size() > kOtlpResourceBytesMax) return origin.resource.note(Tag::event_too_large);
      each(resource, 1, [&](std::string_view one) { attribute(one, origin.resource); });
    });
    each(message, 2, [&](std::string_view logs) { scope_logs(logs, origin); });
  }

  void scope_logs(std::string_view message, OtlpOrigin& origin) {
    ValueReader texts(origin.resource, events_.texts(), broken_);
    origin.scope_name = origin.scope_version = {};
    each(message, 1, [&](std::string_view scope) {
      if (scope.size() > kOtlpResourceBytesMax) return;
      each(scope, 1, [&](std::string_view name) { origin.scope_name = texts.text(name); });
      each(scope, 2, [&](std::string_view version) { origin.scope_version = texts.text(version); });
    });
    each(message, 2, [&](std::string_view one) {
      full_ = events_.full();
      if (!full_) record(one, origin);
    });
  }

  void record(std::string_view message, const OtlpOrigin& origin) {
    if (events_.too_large(message)) return;
    OtlpRecord record(events_.limits());
    ProtobufReader reader(message);
    while (!broken_ && reader.next()) field(reader, record);
    broken_ |= reader.broken();
    if (!broken_) events_.add(record, origin);
  }

  void field(const ProtobufReader& reader, OtlpRecord& record) {
    ValueReader values(record.attributes, events_.texts(), broken_);
    if (reader.is(1, WireType::fixed64)) record.time_ns = reader.integer();
    if (reader.is(2, WireType::varint)) record.severity = static_cast<int32_t>(reader.integer());
    if (reader.is(3, WireType::bytes)) record.severity_text = values.text(reader.bytes());
    if (reader.is(5, WireType::bytes)) body(reader.bytes(), record);
    if (reader.is(6, WireType::bytes)) attribute(reader.bytes(), record.attributes);
    if (reader.is(9, WireType::bytes)) record.trace_id = hex(reader.bytes());
    if (reader.is(10, WireType::bytes)) record.span_id = hex(reader.bytes());
    if (reader.is(11, WireType::fixed64)) record.observed_ns = reader.integer();
    if (reader.is(12, WireType::bytes)) record.event_name = values.text(reader.bytes());
  }

  void body(std::string_view message, OtlpRecord& record) {
    bool members = false;
    each(message, 6, [&](std::string_view list) {
      members = true;
      each(list, 1, [&](std::string_view one) { attribute(one, record.body_members); });
    });
    if (!members) record.body = ValueReader(record.attributes, events_.texts(), broken_).read(message, 1);
  }

  OtlpEvents& events_;
  bool full_ = false;
  bool broken_ = false;
};

}  // namespace

Status read_otlp_protobuf(std::string_view body, OtlpEvents& events) { return Request(events).read(body); }

}  // namespace gm::event_ingestion
