#include "services/event_ingestion/dialects/segment/segment_event.h"

#include "services/event_ingestion/decoding/amount.h"
#include "services/event_ingestion/decoding/property_writer.h"

namespace gm::event_ingestion {
namespace {

using codec::JsonCursor;
using codec::JsonKind;
using codec::JsonValue;

// The first that says something.
std::string_view first_of(std::initializer_list<std::string_view> texts) {
  for (const std::string_view text : texts) {
    if (!text.empty()) return text;
  }
  return {};
}

// A dimension too long to be one stays in the properties only.
std::string_view dimension(std::string_view text) { return text.size() > kNameBytesMax ? std::string_view() : text; }

}  // namespace

std::optional<Tag> SegmentEvent::read(std::optional<SegmentKind> kind, FoundEvent& found) {
  JsonCursor& cursor = reader_.cursor();
  if (batch_context_.wrong) reader_.note(*batch_context_.wrong);
  bool more = cursor.begin_object();
  while (more) {
    const size_t start = cursor.position();
    member(reader_.key(), start, found);
    more = cursor.next_member();
  }
  if (cursor.broken()) return Tag::body_malformed;
  // Old libraries leave the type of a track call out.
  if (!kind) kind = type_.empty() && !event_.empty() ? SegmentKind::track : segment_kind(type_);
  dimensions(found.event);
  found.address = first_of({found.address, context_.address, batch_context_.address});
  name_and_player(*kind, found.event);
  write_properties(*kind, found.event);
  return reader_.wrong();
}

void SegmentEvent::member(std::string_view key, size_t start, FoundEvent& found) {
  if (key == "type") return reader_.text(type_, Tag::event_name_invalid);
  if (key == "event") return reader_.text(event_, Tag::event_name_invalid);
  if (key == "messageId") return reader_.text(found.id_text, Tag::event_id_invalid);
  if (key == "userId") return id(user_, Tag::player_id_invalid);
  if (key == "anonymousId") return id(anonymous_, Tag::player_id_invalid);
  if (key == "previousId") return id(previous_, Tag::field_invalid);
  if (key == "groupId") return id(group_, Tag::field_invalid);
  if (key == "properties") return read_segment_properties(reader_, properties_);
  if (key == "context") return read_segment_context(reader_, context_);
  if (key == "traits") return traits();
  if (key == "timestamp" || key == "originalTimestamp") return time(key, found);
  const JsonValue value = reader_.value();
  const bool is_text = value.kind == JsonKind::string;
  if (key == "sentAt") {
    if (is_text || value.kind == JsonKind::number)
      sent_ms_ = parse_time_ms(reader_.texts().of(value), !is_text).value_or(0);
  } else if (key == "writeKey") {
    if (is_text) write_key_ = reader_.texts().of(value);
  } else if (key == "name" && is_text) {
    name_ = reader_.texts().of(value);
  } else if (key == "ip") {
    if (is_text) found.address = reader_.texts().of(value);
  } else if (value.kind != JsonKind::null && value.raw != "{}") {
    keep_member(start);
  }
}

// "timestamp" is when it happened. "originalTimestamp" stands beside it where a forwarder has corrected it, and alone
// in clients that leave the correction to the server.
void SegmentEvent::time(std::string_view key, FoundEvent& found) {
  const bool is_original = key == "originalTimestamp";
  int64_t moment = 0;
  const size_t start = reader_.cursor().position();
  if (!reader_.time(moment)) return;
  found.has_time = true;
  if (is_original) original_time_ = reader_.cursor().since(start);
  if (is_original && has_timestamp_) return;
  has_timestamp_ |= !is_original;
  found.event.time_ms = moment;
}

// Game servers send the numbers of their databases.
void SegmentEvent::id(std::string_view& out, Tag tag) {
  const JsonValue value = reader_.value();
  if (value.kind == JsonKind::null) return;
  if (value.kind != JsonKind::string && value.kind != JsonKind::number) return reader_.note(tag);
  out = reader_.texts().of(value);
}

void SegmentEvent::traits() {
  const JsonValue value = reader_.value();
  if (value.kind == JsonKind::object) {
    traits_ = value.raw;
  } else if (!stands_for_nothing(value)) {
    reader_.note(Tag::properties_invalid);
  }
}

void SegmentEvent::keep_member(size_t start) {
  if (!kept_.empty()) kept_ += ',';
  kept_ += reader_.cursor().since(start);
}

void SegmentEvent::keep_text(std::string_view key, std::string_view value) {
  if (value.empty()) return;
  if (!kept_.empty()) kept_ += ',';
  kept_.append("\"").append(key).append("\":").append(json_quoted(value));
}

void SegmentEvent::dimensions(event::Event& event) const {
  const SegmentContext& own = context_;
  const SegmentContext& all = batch_context_;
  event.platform = dimension(first_of({own.os, all.os, own.os_hint, all.os_hint}));
  event.device = dimension(first_of({own.device, all.device}));
  event.build = dimension(first_of({own.app_version, all.app_version, own.app_build, all.app_build}));
  event.country = first_of({own.country, all.country});
  event.session = dimension(first_of({own.session, all.session}));
}

void SegmentEvent::name_and_player(SegmentKind kind, event::Event& event) {
  event.player = first_of({user_, anonymous_});
  switch (kind) {
    case SegmentKind::track:
      event.name = segment_event_name(event_);
      return money(event.name == "purchase", event);
    case SegmentKind::identify:
      // Without a user it only tells facts about the player.
      event.name = user_.empty() ? "$set" : "$identify";
      return;
    case SegmentKind::page:
      event.name = "$pageview";
      return;
    case SegmentKind::screen:
      event.name = "$screen";
      return;
    case SegmentKind::group:
      event.name = "$groupidentify";
      return;
    case SegmentKind::alias:
      event.name = "$create_alias";
      return;
    case SegmentKind::unknown:
      event.name = first_of({event_, type_});
      return;
  }
}

// The specification takes an amount without a currency as US dollars.
void SegmentEvent::money(bool is_order, event::Event& event) {
  const std::string_view amount = first_of({properties_.revenue, is_order ? properties_.total : std::string_view()});
  if (amount.empty()) return;
  const auto micros = parse_micros(amount);
  const std::string_view currency = properties_.has_currency ? properties_.currency : "USD";
  if (!micros || !read_currency(currency, currency_)) return;
  event.revenue_micros = micros;
  event.currency = std::string_view(currency_.data(), currency_.size());
}

void SegmentEvent::write_kind(SegmentKind kind, const event::Event& event, PropertyWriter& out) {
  const std::string_view url = first_of({properties_.url, context_.page_url});
  switch (kind) {
    case SegmentKind::track:
      if (event.name == "purchase") write_purchase(out);
      if (event.name != event_) keep_text("event", event_);
      break;
    case SegmentKind::page:
      if (!url.empty() && !properties_.has_current_url) out.text("$current_url", url);
      keep_text("event", event_);
      break;
    case SegmentKind::screen:
      if (!name_.empty() && !properties_.has_screen_name) {
        out.text("$screen_name", name_);
        name_ = {};
      }
      keep_text("event", event_);
      break;
    case SegmentKind::unknown:
      if (event.name != type_) keep_text("type", type_);
      break;
    default:
      keep_text("event", event_);
      break;
  }
}

void SegmentEvent::write_purchase(PropertyWriter& out) const {
  if (!properties_.has_product) out.text("product", first_of({properties_.product, "unknown"}));
  if (!properties_.has_transaction && !properties_.order.empty()) out.text("transaction", properties_.order);
}

// Who is who. What has gone into a property of the game model is not kept a second time.
void SegmentEvent::write_identity(SegmentKind kind, PropertyWriter& out) {
  if (!user_.empty() && anonymous_ == user_) anonymous_ = {};
  if (kind == SegmentKind::identify) {
    out.json("$set", traits_);
    if (!user_.empty() && !anonymous_.empty()) out.text("$anon_distinct_id", anonymous_);
    traits_ = anonymous_ = {};
  } else if (kind == SegmentKind::group) {
    if (group_.empty()) reader_.note(Tag::field_invalid);
    out.text("$group_type", "group");
    out.text("$group_key", group_);
    out.json("$group_set", traits_);
    traits_ = group_ = {};
  } else if (kind == SegmentKind::alias) {
    const std::string_view alias = first_of({previous_, user_.empty() ? std::string_view() : anonymous_});
    if (alias.empty()) reader_.note(Tag::field_invalid);
    out.text("alias", alias);
    previous_ = {};
  }
  if (!user_.empty()) keep_text("anonymousId", anonymous_);
  keep_text("groupId", group_);
  keep_text("previousId", previous_);
}

void SegmentEvent::write_properties(SegmentKind kind, event::Event& event) {
  if (reader_.wrong()) return;
  PropertyWriter out;
  write_kind(kind, event, out);
  write_identity(kind, out);
  keep_text("name", name_);
  const auto keep_json = [&](std::string_view key, std::string_view json) {
    if (json.empty()) return;
    if (!kept_.empty()) kept_ += ',';
    kept_.append("\"").append(key).append("\":").append(json);
  };
  const auto braced = [](std::string_view members) {
    return members.empty() ? std::string() : "{" + std::string(members) + "}";
  };
  keep_json("traits", traits_ == "{}" ? std::string_view() : traits_);
  keep_json("originalTimestamp", has_timestamp_ ? original_time_ : std::string_view());
  keep_json("context", braced(context_.kept));
  keep_json("batch_context", braced(batch_context_.kept));
  out.json("$segment", braced(kept_));
  written_ = joined_objects(std::move(out).finish(), properties_.raw);
  event.properties = written_;
}

}  // namespace gm::event_ingestion
