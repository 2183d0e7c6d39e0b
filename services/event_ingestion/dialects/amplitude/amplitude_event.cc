#include "services/event_ingestion/dialects/amplitude/amplitude_event.h"

#include "services/event_ingestion/decoding/amount.h"
#include "services/event_ingestion/decoding/property_writer.h"
#include "services/event_ingestion/dialects/amplitude/amplitude_amounts.h"
#include "services/event_ingestion/dialects/amplitude/amplitude_names.h"

namespace gm::event_ingestion {
namespace {

using codec::JsonCursor;
using codec::JsonKind;
using codec::JsonValue;

std::string_view first_of(std::initializer_list<std::string_view> texts) {
  for (const std::string_view text : texts) {
    if (!text.empty()) return text;
  }
  return {};
}

// A dimension too long to be one stays in the properties only.
std::string_view dimension(std::string_view text) { return text.size() > kNameBytesMax ? std::string_view() : text; }

}  // namespace

std::optional<Tag> AmplitudeEvent::read(std::string_view type, FoundEvent& found) {
  JsonCursor& cursor = reader_.cursor();
  bool more = cursor.begin_object();
  while (more) {
    const size_t start = cursor.position();
    member(reader_.key(), start, found);
    more = cursor.next_member();
  }
  if (cursor.broken()) return Tag::body_malformed;
  if (type_.empty()) type_ = type;
  complete(found);
  return reader_.wrong();
}

void AmplitudeEvent::member(std::string_view key, size_t start, FoundEvent& found) {
  if (key == "event_type") return reader_.text(type_, Tag::event_name_invalid);
  if (key == "insert_id") return reader_.text(found.id_text, Tag::event_id_invalid);
  if (key == "user_id") return id(user_);
  if (key == "device_id") return id(device_id_);
  if (key == "time") return time(found);
  if (key == "event_properties") return properties();
  if (key == "user_properties") return facts(user_facts_);
  if (key == "group_properties") return facts(group_facts_);
  if (key == "groups") return groups();
  if (dimension_member(key, start)) return;
  const JsonValue value = reader_.value();
  const bool is_plain = value.kind == JsonKind::string || value.kind == JsonKind::number;
  const std::string_view text = is_plain ? reader_.texts().of(value) : std::string_view();
  if (key == "group_type") group_type_ = text;
  if (key == "group_value") group_key_ = text;
  money_member(key, top_, text);
  const bool is_nothing = value.kind == JsonKind::null || value.raw == "{}";
  // May also say "$remote": the request's own.
  if (key == "ip" || (key == "ip_address" && found.address.empty())) found.address = text;
  if (key == "ip" || key == "ip_address" || is_nothing) return;
  keep_member(start);
}

// What a dimension takes whole is not kept a second time.
bool AmplitudeEvent::dimension_member(std::string_view key, size_t start) {
  const auto take = [&](std::string_view& out) {
    const JsonValue value = reader_.value();
    const bool is_plain = value.kind == JsonKind::string || value.kind == JsonKind::number;
    out = is_plain ? dimension(reader_.texts().of(value)) : std::string_view();
    if (out.empty() && value.kind != JsonKind::null) keep_member(start);
    return true;
  };
  if (key == "session_id") return take(session_);
  if (key == "device_model") return take(device_);
  if (key == "app_version" || key == "version_name") return take(build_);
  if (key == "country") return take(country_);
  if (key == "os_name") return take(os_);
  return key == "platform" && take(platform_);
}

void AmplitudeEvent::id(std::string_view& out) {
  const JsonValue value = reader_.value();
  if (value.kind == JsonKind::null) return;
  if (value.kind != JsonKind::string && value.kind != JsonKind::number) return reader_.note(Tag::player_id_invalid);
  out = reader_.texts().of(value);
}

void AmplitudeEvent::time(FoundEvent& found) { found.has_time = reader_.time(found.event.time_ms); }

void AmplitudeEvent::properties() {
  const size_t begin = reader_.cursor().position();
  PartWalk walk(reader_);
  if (reader_.cursor().peek() != '{') {
    if (reader_.value().kind != JsonKind::null) reader_.note(Tag::properties_invalid);
    return;
  }
  walk.object(1, [&](std::string_view key, size_t) {
    const std::string_view text = walk.text(1);
    if (key == "[Amplitude] Page Location" || key == "[Amplitude] Page URL") url_ = text;
    if (key == "[Amplitude] Screen Name") screen_ = text;
    if (key == "product") has_product_ = true;
    if (key == "seconds") has_seconds_ = true;
    if (key == "$current_url") has_current_url_ = true;
    if (key == "$screen_name") has_screen_name_ = true;
    if (key.starts_with('$')) money_member(key.substr(1), inside_, text);
  });
  properties_ = reader_.cursor().since(begin);
}

void AmplitudeEvent::money_member(std::string_view key, Money& into, std::string_view text) {
  if (text.empty()) return;
  if (key == "revenue") into.revenue = text;
  if (key == "price") into.price = text;
  if (key == "quantity") into.quantity = text;
  if (key == "productId" || key == "product_id") into.product = text;
  if (key == "currency") into.currency = text;
}

void AmplitudeEvent::facts(Facts& out) {
  const size_t begin = reader_.cursor().position();
  if (reader_.cursor().peek() != '{') {
    if (reader_.value().kind != JsonKind::null) reader_.note(Tag::properties_invalid);
    return;
  }
  PartWalk walk(reader_);
  bool is_empty = true;
  walk.object(1, [&](std::string_view key, size_t) {
    const JsonValue value = walk.value(1);
    is_empty = false;
    const bool is_object = value.kind == JsonKind::object;
    if (key.starts_with('$')) out.has_operators = true;
    if (key == "$set" && is_object) {
      out.set = value.raw;
    } else if (key == "$setOnce" && is_object) {
      out.set_once = value.raw;
    } else {
      out.has_more = true;
    }
  });
  if (!is_empty) out.raw = reader_.cursor().since(begin);
}

// {"guild": "g1"} or {"guild": ["g1"]}: the first is who a group's facts are about.
void AmplitudeEvent::groups() {
  const size_t begin = reader_.cursor().position();
  if (reader_.cursor().peek() != '{') {
    if (reader_.value().kind != JsonKind::null) reader_.note(Tag::field_invalid);
    return;
  }
  PartWalk walk(reader_);
  JsonCursor& cursor = reader_.cursor();
  bool is_first = true;
  walk.object(1, [&](std::string_view key, size_t) {
    std::string_view value;
    if (cursor.peek() == '[') {
      for (bool more = cursor.begin_array(); more; more = cursor.next_element()) {
        const std::string_view text = walk.text(2);
        if (value.empty()) value = text;
      }
    } else {
      value = walk.text(1);
    }
    if (is_first) {
      group_type_ = key;
      group_key_ = value;
    }
    is_first = false;
  });
  if (!is_first) groups_ = cursor.since(begin);
}

void AmplitudeEvent::keep_member(size_t start) {
  if (!kept_.empty()) kept_ += ',';
  kept_ += reader_.cursor().since(start);
}

void AmplitudeEvent::keep_json(std::string_view key, std::string_view json) {
  if (json.empty()) return;
  if (!kept_.empty()) kept_ += ',';
  kept_.append("\"").append(key).append("\":").append(json);
}

void AmplitudeEvent::complete(FoundEvent& found) {
  event::Event& event = found.event;
  event.player = first_of({user_, device_id_});
  event.name = amplitude_event_name(type_);
  // Without a user it only tells facts about the player.
  if (type_ == kAmplitudeIdentify && user_.empty()) event.name = "$set";
  event.session = session_ == "-1" ? std::string_view() : session_;
  event.platform = first_of({platform_, os_});
  event.device = device_;
  event.build = build_;
  event.country = country_;
  money(event);
  if (!reader_.wrong()) write(event);
  // A group's facts need no player: the group stands in for one.
  if (event.player.empty() && type_ == kAmplitudeGroupIdentify) event.player = group_key_;
}

// Amounts without a currency are US dollars, as Amplitude counts them.
void AmplitudeEvent::money(event::Event& event) {
  const Money& own = top_.revenue.empty() && top_.price.empty() ? inside_ : top_;
  const auto micros = amount_paid(own.revenue, own.price, own.quantity);
  if (!micros || !read_currency(first_of({own.currency, inside_.currency, "USD"}), currency_)) return;
  event.revenue_micros = micros;
  event.currency = std::string_view(currency_.data(), currency_.size());
}

void AmplitudeEvent::write(event::Event& event) {
  PropertyWriter out;
  if (type_ == kAmplitudeGroupIdentify) write_group(out);
  write_model(event, out);
  out.json("$set", user_facts_.plain());
  out.json("$set_once", user_facts_.set_once);
  if (user_facts_.has_operators && user_facts_.has_more) keep_json("user_properties", user_facts_.raw);
  const bool has_both = !user_.empty() && !device_id_.empty() && user_ != device_id_;
  if (has_both && event.name == "$identify") {
    out.text("$anon_distinct_id", device_id_);
  } else if (has_both) {
    keep_json("device_id", json_quoted(device_id_));
  }
  if (type_ != kAmplitudeGroupIdentify) {
    keep_json("groups", groups_);
    keep_json("group_properties", group_facts_.raw);
  }
  if (event.name != type_ && event.name != "$set") keep_json("event_type", json_quoted(type_));
  if (!platform_.empty() && !os_.empty() && platform_ != os_) keep_json("os_name", json_quoted(os_));
  if (!kept_.empty()) out.json("$amplitude", "{" + kept_ + "}");
  written_ = joined_objects(std::move(out).finish(), properties_);
  event.properties = written_;
}

void AmplitudeEvent::write_group(PropertyWriter& out) {
  if (group_type_.empty() || group_key_.empty()) return reader_.note(Tag::field_invalid);
  out.text("$group_type", group_type_);
  out.text("$group_key", group_key_);
  out.json("$group_set", group_facts_.plain());
  if (group_facts_.has_operators && (group_facts_.has_more || !group_facts_.set_once.empty()))
    keep_json("group_properties", group_facts_.raw);
}

void AmplitudeEvent::write_model(const event::Event& event, PropertyWriter& out) {
  if (event.name == "purchase" && event.name != type_) {
    if (!has_product_) out.text("product", first_of({top_.product, inside_.product, "unknown"}));
    const auto count = whole_number(first_of({top_.quantity, inside_.quantity}));
    if (count) out.integer("quantity", *count);
  } else if (event.name == "session_end" && !has_seconds_) {
    // A session's id is the moment it began.
    const auto began = whole_number(event.session);
    if (began && event.time_ms >= *began && *began > 0) out.integer("seconds", (event.time_ms - *began) / 1000);
  } else if (event.name == "$pageview" && !url_.empty() && !has_current_url_) {
    out.text("$current_url", url_);
  } else if (event.name == "$screen" && !screen_.empty() && !has_screen_name_) {
    out.text("$screen_name", screen_);
  }
}

}  // namespace gm::event_ingestion
