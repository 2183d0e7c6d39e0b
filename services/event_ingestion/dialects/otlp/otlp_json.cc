#include "services/event_ingestion/dialects/otlp/otlp_json.h"

#include <charconv>

#include "services/event_ingestion/decoding/decode_input.h"
#include "services/event_ingestion/decoding/property_writer.h"
#include "services/event_ingestion/dialects/otlp/otlp_answers.h"

namespace gm::event_ingestion {
namespace {

using codec::JsonCursor;
using codec::JsonKind;
using codec::JsonValue;

constexpr std::string_view kWanted = "an OTLP export request";

template <typename Number>
bool whole_number(std::string_view text, Number& out) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc{} && end == text.data() + text.size();
}

bool is_text_or_number(const JsonValue& value) {
  return value.kind == JsonKind::string || value.kind == JsonKind::number;
}

// One attribute list: each value as plain JSON.
class ValueReader {
 public:
  ValueReader(OtlpAttributes& into, JsonCursor& cursor, TextStore& texts)
      : into_(into), cursor_(cursor), texts_(texts) {}

  // A list of KeyValue.
  void attributes() {
    each_element([&] {
      OtlpValue value;
      const std::string_view key = key_value(1, value);
      into_.add(key, std::move(value));
    });
  }

  // An AnyValue: an object with one member that says the kind.
  OtlpValue any(size_t depth) {
    OtlpValue value;
    each_member([&](std::string_view key) { member(key, depth, value); });
    return value;
  }

  std::string_view text() {
    const JsonValue value = checked();
    if (value.kind == JsonKind::null) return {};
    if (value.kind != JsonKind::string) into_.note(Tag::field_invalid);
    return value.kind == JsonKind::string ? texts_.of(value) : std::string_view();
  }

  // For an object; anything else but null is noted.
  template <typename Use>
  void each_member(Use use) {
    if (cursor_.peek() != '{') return expect_null();
    for (bool more = cursor_.begin_object(); more; more = cursor_.next_member()) use(key());
  }

  template <typename Use>
  void each_element(Use use) {
    if (cursor_.peek() != '[') return expect_null();
    for (bool more = cursor_.begin_array(); more; more = cursor_.next_element()) use();
  }

  JsonValue checked() {
    const JsonValue value = cursor_.value();
    if (!value.is_text) into_.note(Tag::text_invalid);
    return value;
  }

 private:
  std::string_view key() {
    const codec::JsonText name = cursor_.key();
    if (!name.is_text) into_.note(Tag::text_invalid);
    return texts_.of(name);
  }

  void expect_null() {
    if (cursor_.value().kind != JsonKind::null) into_.note(Tag::properties_invalid);
  }

  std::string_view key_value(size_t depth, OtlpValue& value) {
    std::string_view found;
    each_member([&](std::string_view key) {
      if (key == "key") {
        found = text();
      } else if (key == "value") {
        value = any(depth);
      } else {
        cursor_.value();
      }
    });
    return found;
  }

  void member(std::string_view key, size_t depth, OtlpValue& value) {
    if (key == "arrayValue") return container(depth, value, [&](size_t inner) { return list(inner); });
    if (key == "kvlistValue") return container(depth, value, [&](size_t inner) { return object(inner); });
    const JsonValue found = checked();
    if (found.kind == JsonKind::null) return;
    value = {};
    if (key == "stringValue" || key == "bytesValue") {
      scalar(found, found.kind == JsonKind::string, value);
    } else if (key == "boolValue") {
      scalar(found, found.kind == JsonKind::boolean, value);
    } else if (key == "intValue") {
      integer(found, value);
    } else if (key == "doubleValue") {
      scalar(found, is_text_or_number(found), value);  // "NaN", "Infinity" stay texts
    }
  }

  void scalar(const JsonValue& found, bool fits, OtlpValue& value) {
    if (!fits) return into_.note(Tag::properties_invalid);
    value.json = json_source(found);
    if (is_text_or_number(found)) value.text = texts_.of(found);
  }

  void integer(const JsonValue& found, OtlpValue& value) {
    int64_t number = 0;
    if (!is_text_or_number(found) || !whole_number(texts_.of(found), number))
      return into_.note(Tag::properties_invalid);
    value.text = texts_.of(found);
    value.json = std::to_string(number);
  }

  template <typename Read>
  void container(size_t depth, OtlpValue& value, Read read) {
    value = {};
    if (!into_.may_nest(depth)) {
      cursor_.value();
      return;
    }
    each_member([&](std::string_view key) {
      if (key == "values") {
        value.json = read(depth + 1);
      } else {
        cursor_.value();
      }
    });
  }

  std::string list(size_t depth) {
    std::string out = "[";
    each_element([&] {
      const OtlpValue one = any(depth);
      out.append(out.size() > 1 ? "," : "").append(one.json.empty() ? "null" : one.json);
    });
    return out + "]";
  }

  std::string object(size_t depth) {
    PropertyWriter out;
    each_element([&] {
      if (!into_.count_member()) {
        cursor_.value();
        return;
      }
      OtlpValue one;
      const std::string_view key = key_value(depth, one);
      out.value(key, one.json.empty() ? "null" : one.json);
    });
    return std::move(out).finish();
  }

  OtlpAttributes& into_;
  JsonCursor& cursor_;
  TextStore& texts_;
};

// A LogRecord.
class RecordReader {
 public:
  RecordReader(OtlpRecord& record, JsonCursor& cursor, TextStore& texts)
      : record_(record), cursor_(cursor), texts_(texts), values_(record.attributes, cursor, texts) {}

  void read() {
    for (bool more = cursor_.begin_object(); more; more = cursor_.next_member()) member(texts_.of(cursor_.key()));
  }

 private:
  void member(std::string_view key) {
    if (key == "timeUnixNano") return time(record_.time_ns);
    if (key == "observedTimeUnixNano") return time(record_.observed_ns);
    if (key == "severityNumber") return severity();
    if (key == "severityText")
      record_.severity_text = values_.text();
    else if (key == "eventName")
      record_.event_name = values_.text();
    else if (key == "traceId")
      record_.trace_id = values_.text();
    else if (key == "spanId")
      record_.span_id = values_.text();
    else if (key == "attributes")
      values_.attributes();
    else if (key == "body")
      body();
    else
      cursor_.value();
  }

  void time(uint64_t& out) {
    const JsonValue value = values_.checked();
    if (value.kind == JsonKind::null) return;
    if (!is_text_or_number(value) || !whole_number(texts_.of(value), out))
      record_.attributes.note(Tag::event_time_invalid);
  }

  void severity() {
    const JsonValue value = values_.checked();
    if (value.kind == JsonKind::null) return;
    if (!is_text_or_number(value) || !whole_number(texts_.of(value), record_.severity))
      record_.attributes.note(Tag::field_invalid);
  }

  // A list of key and value becomes members beside the attributes.
  void body() {
    JsonCursor ahead = cursor_;
    bool has_members = false;
    ValueReader look(record_.body_members, ahead, texts_);
    look.each_member([&](std::string_view key) {
      has_members |= key == "kvlistValue";
      ahead.value();
    });
    if (!has_members) {
      record_.body = values_.any(1);
      return;
    }
    ValueReader members(record_.body_members, cursor_, texts_);
    members.each_member([&](std::string_view key) {
      if (key != "kvlistValue") {
        cursor_.value();
        return;
      }
      members.each_member([&](std::string_view inner) {
        if (inner == "values") return members.attributes();
        cursor_.value();
      });
    });
  }

  OtlpRecord& record_;
  JsonCursor& cursor_;
  TextStore& texts_;
  ValueReader values_;
};

class Request {
 public:
  Request(const codec::JsonIndex& index, OtlpEvents& events) : cursor_(index), events_(events) {}

  Status read() {
    if (cursor_.peek() != '{') return Error{"gm-body-malformed", "the body is not a JSON object"};
    members(cursor_, [&](std::string_view key) {
      if (key == "resourceLogs") return list([&] { resource_logs(); });
      cursor_.value();
    });
    if (full_) return otlp_too_many(events_.limits());
    if (!cursor_.finish()) return malformed_json(kWanted, &cursor_);
    if (odd_) return Error{"gm-body-malformed", "resourceLogs, scopeLogs or logRecords is not a list of objects"};
    return {};
  }

 private:
  template <typename Use>
  void members(JsonCursor& cursor, Use use) {
    for (bool more = cursor.begin_object(); more && !full_; more = cursor.next_member())
      use(events_.texts().of(cursor.key()));
  }

  template <typename Use>
  void list(Use use) {
    if (cursor_.peek() != '[') {
      odd_ |= cursor_.value().kind != JsonKind::null;
      return;
    }
    for (bool more = cursor_.begin_array(); more && !full_; more = cursor_.next_element()) use();
  }

  bool at_object() {
    if (cursor_.peek() == '{') return true;
    cursor_.value();
    odd_ = true;
    return false;
  }

  // Reads the member `name` of the object to come, which may stand behind those that it is about.
  template <typename Use>
  void look_for(std::string_view name, Use use) {
    JsonCursor ahead = cursor_;
    members(ahead, [&](std::string_view key) {
      if (key != name || ahead.peek() != '{') {
        ahead.value();
        return;
      }
      JsonCursor inside = ahead;
      const std::string_view source = ahead.value().raw;
      use(inside, source);
    });
  }

  void resource_logs() {
    if (!at_object()) return;
    OtlpOrigin origin(events_.limits());
    look_for("resource", [&](JsonCursor& inside, std::string_view source) {
      if (source.size() > kOtlpResourceBytesMax) return origin.resource.note(Tag::event_too_large);
      members(inside, [&](std::string_view key) {
        if (key == "attributes") return ValueReader(origin.resource, inside, events_.texts()).attributes();
        inside.value();
      });
    });
    members(cursor_, [&](std::string_view key) {
      if (key == "scopeLogs") return list([&] { scope_logs(origin); });
      cursor_.value();
    });
  }

  void scope_logs(OtlpOrigin& origin) {
    if (!at_object()) return;
    origin.scope_name = origin.scope_version = {};
    look_for("scope", [&](JsonCursor& inside, std::string_view source) {
      if (source.size() > kOtlpResourceBytesMax) return;
      ValueReader values(origin.resource, inside, events_.texts());
      members(inside, [&](std::string_view key) {
        if (key == "name")
          origin.scope_name = values.text();
        else if (key == "version")
          origin.scope_version = values.text();
        else
          inside.value();
      });
    });
    members(cursor_, [&](std::string_view key) {
      if (key == "logRecords") return list([&] { record(origin); });
      cursor_.value();
    });
  }

  void record(const OtlpOrigin& origin) {
    full_ = events_.full();
    if (full_) return;
    const size_t start = cursor_.position();
    if (cursor_.peek() != '{') {
      cursor_.value();
      return events_.refuse(Tag::event_not_an_object, cursor_.since(start));
    }
    JsonCursor ahead = cursor_;
    const std::string_view source = ahead.value().raw;
    if (ahead.broken() || events_.too_large(source)) {
      cursor_ = ahead;
      return;
    }
    OtlpRecord record(events_.limits());
    RecordReader(record, cursor_, events_.texts()).read();
    events_.add(record, origin);
  }

  JsonCursor cursor_;
  OtlpEvents& events_;
  bool full_ = false;
  bool odd_ = false;  // something other than a list of objects where there must be one
};

}  // namespace

Status read_otlp_json(std::string_view body, OtlpEvents& events) {
  codec::JsonIndex& index = thread_scratch().index;
  if (!index.read(body)) return malformed_json(kWanted, nullptr);
  return Request(index, events).read();
}

}  // namespace gm::event_ingestion
