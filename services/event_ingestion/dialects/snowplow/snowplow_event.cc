#include "services/event_ingestion/dialects/snowplow/snowplow_event.h"

#include "lib/codec/text_codecs.h"
#include "services/event_ingestion/decoding/amount.h"
#include "services/event_ingestion/decoding/form_fields.h"

namespace gm::event_ingestion {
namespace {

using codec::JsonCursor;
using codec::JsonKind;
using codec::JsonText;
using codec::JsonValue;

// What the fields of the protocol that are kept are called among the properties. Others keep their short names.
struct Renamed {
  std::string_view key, name;
};
constexpr Renamed kRenamed[] = {
    {"se_ca", "category"},   {"se_la", "label"},     {"se_pr", "property"},    {"se_va", "value"},
    {"url", "$current_url"}, {"page", "$title"},     {"refr", "$referrer"},    {"ti_sk", "product"},
    {"ti_qu", "quantity"},   {"ti_ca", "item_type"}, {"ti_id", "transaction"}, {"tr_id", "transaction"},
    {"ua", "user_agent"},    {"lang", "language"},   {"tz", "time_zone"},      {"res", "screen_resolution"},
};

std::string_view name_of(std::string_view key) {
  for (const Renamed& one : kRenamed) {
    if (one.key == key) return one.name;
  }
  return {};
}

std::string_view first_of(std::initializer_list<std::string_view> texts) {
  for (const std::string_view text : texts) {
    if (!text.empty()) return text;
  }
  return {};
}

// Found in a context, which is kept whole: too long to be a dimension, it is none.
std::string_view dimension(std::string_view text) { return text.size() > kNameBytesMax ? std::string_view() : text; }

bool is_scalar(const JsonValue& value) { return value.kind == JsonKind::string || value.kind == JsonKind::number; }

}  // namespace

std::optional<Tag> SnowplowEvent::read(FoundEvent& found) {
  fields(found);
  if (reader_.cursor().broken()) return reader_.wrong();
  event_itself(found);
  event::Event& event = found.event;
  contexts(event);
  event.player = first_of({user_, domain_user_, network_user_, session_user_, sender_.cookie_user});
  event.platform = first_of({os_, platform_});
  for (const Field& field : rest_) rest(field);
  event.properties = scratch_.texts.keep(std::move(properties_).finish());
  return reader_.wrong();
}

void SnowplowEvent::rest(const Field& field) {
  const std::string_view key = field.key.raw;
  const std::string_view name = name_of(key);
  const bool counts = key == "se_va" || key == "ti_qu" || key == "ti_pr";
  if (counts && field.value.kind == JsonKind::string && is_number(field.value.raw)) {
    properties_.json(name.empty() ? key : name, field.value.raw);
  } else if (name.empty()) {
    properties_.member(field.key, field.value);
  } else {
    properties_.json(name, json_source(field.value));
  }
}

// Trackers send all values as strings, numbers too.
bool SnowplowEvent::is_number(std::string_view text) {
  if (!scratch_.nested.read(keep_padded(scratch_.texts, std::string(text)))) return false;
  JsonCursor cursor(scratch_.nested);
  return cursor.value().kind == JsonKind::number && cursor.finish();
}

void SnowplowEvent::fields(FoundEvent& found) {
  JsonCursor& cursor = reader_.cursor();
  uint32_t members = 0;
  for (bool more = cursor.begin_object(); more; more = cursor.next_member()) {
    const JsonText key = cursor.key();
    const JsonValue value = cursor.value();
    members += 1 + value.members;
    reader_.check(key.is_text && value.is_text, 1 + value.depth, members);
    if (value.kind == JsonKind::null || known(scratch_.texts.of(key), value, found)) continue;
    rest_.push_back({key, value});
  }
}

// False: the field stays among the properties.
bool SnowplowEvent::known(std::string_view key, const JsonValue& value, FoundEvent& found) {
  const auto take = [&](std::string_view& target, Tag wrong) {
    if (is_scalar(value)) {
      target = scratch_.texts.of(value);
    } else {
      reader_.note(wrong);
    }
    return true;
  };
  const auto keep = [&](std::string_view& target) { return take(target, Tag::field_invalid), false; };
  if (key == "e") return take(kind_, Tag::event_name_invalid);
  if (key == "eid") return take(found.id_text, Tag::event_id_invalid);
  if (key == "uid") return take(user_, Tag::player_id_invalid);
  if (key == "duid") return take(domain_user_, Tag::player_id_invalid), false;
  if (key == "nuid" || key == "tnuid") return take(network_user_, Tag::player_id_invalid), false;
  if (key == "sid") return take(found.event.session, Tag::field_invalid);
  if (key == "p") return keep(platform_);
  if (key == "aid") return take(app_id_, Tag::field_invalid), !sender_.key_outside;
  if (key == "ue_pr") return take(event_plain_, Tag::properties_invalid);
  if (key == "ue_px") return take(event_base64_, Tag::properties_invalid);
  if (key == "co") return take(contexts_plain_, Tag::properties_invalid);
  if (key == "cx") return take(contexts_base64_, Tag::properties_invalid);
  if (key == "se_ac") return keep(action_);
  if (key == "tr_tt") return keep(total_);
  if (key == "tr_cu") return keep(total_currency_);
  if (key == "ip") {
    if (is_scalar(value)) found.address = scratch_.texts.of(value);
    return true;
  }
  bool has_sent = false;
  // The true time is what the game itself says, and wins over the device's clock wherever it stands.
  if (key == "ttm") return time(value, found.event.time_ms, found.has_time), true;
  if (key == "dtm") {
    int64_t device = 0;
    bool has_device = false;
    time(value, device, has_device);
    if (has_device && !found.has_time) found.event.time_ms = device;
    found.has_time |= has_device;
    return true;
  }
  if (key == "stm") return time(value, sent_ms_, has_sent), true;
  return false;
}

void SnowplowEvent::time(const JsonValue& value, int64_t& out, bool& has) {
  const auto parsed = is_scalar(value) ? parse_time_ms(scratch_.texts.of(value), true) : std::nullopt;
  if (!parsed) return reader_.note(Tag::event_time_invalid);
  out = *parsed;
  has = true;
}

void SnowplowEvent::event_itself(FoundEvent& found) {
  event::Event& event = found.event;
  if (kind_.empty()) return reader_.note(Tag::event_name_missing);
  const auto kind = snowplow_kind(kind_);
  if (!kind) return reader_.note(Tag::event_name_invalid);
  switch (*kind) {
    case SnowplowKind::described:
      return described_event(found);
    case SnowplowKind::structured:
      event.name = action_;
      break;
    case SnowplowKind::page_view:
      event.name = "$pageview";
      break;
    case SnowplowKind::page_ping:
      event.name = "page_ping";
      break;
    // The total is the money; its items only say what it was for, so that nothing is counted twice.
    case SnowplowKind::transaction:
      event.name = "purchase";
      properties_.text("product", "transaction");
      money(event, total_, total_currency_);
      break;
    case SnowplowKind::transaction_item:
      event.name = "purchase_item";
      break;
  }
}

void SnowplowEvent::described_event(FoundEvent& found) {
  if (event_plain_.empty() && event_base64_.empty()) return reader_.note(Tag::event_name_missing);
  auto cursor = nested(event_plain_, event_base64_);
  if (!cursor) return reader_.note(Tag::properties_invalid);
  Described outer = described(*cursor);
  if (!outer.data || outer.data->peek() != '{') return reader_.note(Tag::properties_invalid);
  Described inner = described(*outer.data);
  const SnowplowSchema schema = parse_snowplow_schema(inner.schema);
  if (schema.name.empty()) return reader_.note(Tag::event_name_invalid);
  const SnowplowName name = snowplow_name(schema);
  found.event.name = name.event;
  properties_.text("schema", inner.schema);
  if (inner.data) described_data(name, inner, found);
}

void SnowplowEvent::described_data(const SnowplowName& name, Described& inner, FoundEvent& found) {
  JsonCursor& cursor = *inner.data;
  if (cursor.peek() == 'n') return;  // null
  if (cursor.peek() != '{') return reader_.note(Tag::properties_invalid);
  std::string_view amount, currency;
  for (bool more = cursor.begin_object(); more; more = cursor.next_member()) {
    const JsonText key = cursor.key();
    const JsonValue value = cursor.value();
    const std::string_view text = is_scalar(value) ? scratch_.texts.of(value) : std::string_view();
    if (key.raw == "revenue") amount = text;
    if (key.raw == "currency") currency = text;
    if (name.event == "error" && key.raw == "isFatal" && value.raw == "true") found.event.name = "crash";
    if (!name.from.empty() && key.raw == name.from) properties_.json(name.to, json_source(value));
    properties_.member(key, value);
  }
  money(found.event, amount, currency);
}

// A property called "revenue" need not be money: only what reads as an amount with a currency counts.
void SnowplowEvent::money(event::Event& event, std::string_view amount, std::string_view currency) {
  const auto micros = amount.empty() ? std::nullopt : parse_micros(amount);
  if (!micros || !read_currency(currency, currency_text_)) return;
  event.revenue_micros = micros;
  event.currency = std::string_view(currency_text_.data(), currency_text_.size());
}

void SnowplowEvent::contexts(event::Event& event) {
  if (contexts_plain_.empty() && contexts_base64_.empty()) return;
  auto cursor = nested(contexts_plain_, contexts_base64_);
  if (!cursor) return reader_.note(Tag::properties_invalid);
  Described outer = described(*cursor);
  if (!outer.data || outer.data->peek() != '[') return reader_.note(Tag::properties_invalid);
  JsonCursor& list = *outer.data;
  JsonCursor whole = list;
  properties_.json("contexts", whole.value().raw);
  for (bool more = list.begin_array(); more; more = list.next_element()) {
    if (list.peek() != '{') {
      list.value();
      continue;
    }
    Described one = described(list);
    if (one.data && one.data->peek() == '{') context(one, event);
  }
}

// The contexts that Snowplow's mobile and game engines' trackers add by themselves.
void SnowplowEvent::context(Described& one, event::Event& event) {
  const std::string_view schema = parse_snowplow_schema(one.schema).path;
  const bool mobile = schema == "com.snowplowanalytics.snowplow/mobile_context";
  const bool session = schema == "com.snowplowanalytics.snowplow/client_session";
  const bool app = schema == "com.snowplowanalytics.mobile/application";
  JsonCursor& cursor = *one.data;
  for (bool more = cursor.begin_object(); more; more = cursor.next_member()) {
    const std::string_view key = cursor.key().raw;
    const JsonValue value = cursor.value();
    if (value.kind != JsonKind::string || !(mobile || session || app)) continue;
    const std::string_view text = dimension(scratch_.texts.of(value));
    if (mobile && key == "osType") os_ = text;
    if (mobile && key == "deviceModel") event.device = text;
    if (app && key == "version") event.build = text;
    if (session && key == "userId") session_user_ = text;
    if (session && key == "sessionId" && event.session.empty()) event.session = text;
  }
}

// JSON inside a string, as it is or base64 (URL-safe alphabet, with or without padding), checked to its end.
std::optional<JsonCursor> SnowplowEvent::nested(std::string_view plain, std::string_view base64) {
  std::string text(plain);
  if (text.empty()) {
    auto decoded = codec::base64_decode(base64);
    if (!decoded) return std::nullopt;
    text = std::move(*decoded);
  }
  if (!scratch_.nested.read(keep_padded(scratch_.texts, std::move(text)))) return std::nullopt;
  JsonCursor cursor(scratch_.nested);
  JsonCursor whole = cursor;
  const JsonValue value = whole.value();
  if (value.kind != JsonKind::object || !whole.finish()) return std::nullopt;
  note_limits(value);
  return cursor;
}

SnowplowEvent::Described SnowplowEvent::described(JsonCursor& cursor) {
  Described found;
  for (bool more = cursor.begin_object(); more; more = cursor.next_member()) {
    const std::string_view key = cursor.key().raw;
    if (key == "data") found.data = cursor;
    const JsonValue value = cursor.value();
    if (key == "schema" && value.kind == JsonKind::string) found.schema = scratch_.texts.of(value);
  }
  return found;
}

}  // namespace gm::event_ingestion
