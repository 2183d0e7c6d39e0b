#include "services/event_ingestion/dialects/otlp/otlp_events.h"

#include <array>
#include <span>

#include "services/event_ingestion/decoding/amount.h"
#include "services/event_ingestion/decoding/property_writer.h"

namespace gm::event_ingestion {
namespace {

constexpr uint64_t kNsPerMs = 1'000'000;
constexpr int64_t kSeverityError = 17;
constexpr int64_t kSeverityFatal = 21;

// Event names of OpenTelemetry's semantic conventions, and ours.
struct NamePair {
  std::string_view otlp, ours;
};
constexpr NamePair kNames[] = {
    {"session.start", "session_start"},
    {"session.end", "session_end"},
    {"exception", "error"},
    {"app.crash", "crash"},
    {"device.crash", "crash"},
    {"browser.page_view", "$pageview"},
    {"app.screen.view", "$screen"},
};

// Where a dimension is looked for, best first.
using Names = std::span<const std::string_view>;
constexpr std::string_view kPlayer[] = {"player.id",           "user.id",   "enduser.id", "enduser.pseudo.id",
                                        "app.installation.id", "device.id", "session.id"};
constexpr std::string_view kSession[] = {"session.id"};
constexpr std::string_view kPlatform[] = {"os.name", "os.type"};
constexpr std::string_view kDevice[] = {"device.model.identifier", "device.model.name"};
constexpr std::string_view kBuild[] = {"app.version", "service.version", "app.build_id"};
constexpr std::string_view kCountry[] = {"geo.country.iso_code"};
constexpr std::string_view kId[] = {"event.id", "log.record.uid"};

class Mapping {
 public:
  Mapping(const OtlpRecord& record, const OtlpOrigin& origin, TextStore& texts)
      : record_(record), origin_(origin), texts_(texts) {}

  void fill(FoundEvent& found) {
    event::Event& event = found.event;
    event.name = name();
    event.player = first_of(kPlayer);
    event.session = dimension(kSession);
    event.country = dimension(kCountry);
    event.platform = dimension(kPlatform);
    event.device = dimension(kDevice);
    event.build = dimension(kBuild);
    for (const std::string_view key : kId) {
      if (found.id_text.empty()) found.id_text = of_record(key);
    }
    const uint64_t time = record_.time_ns != 0 ? record_.time_ns : record_.observed_ns;
    found.has_time = time != 0;
    event.time_ms = static_cast<int64_t>(time / kNsPerMs);
    money(event);
    event.properties = properties(event.name);
  }

 private:
  std::string_view of_record(std::string_view key) const {
    const std::string_view text = record_.attributes.text(key);
    return text.empty() ? record_.body_members.text(key) : text;
  }

  std::string_view first_of(Names keys) const {
    for (const std::string_view key : keys) {
      if (const auto text = of_record(key); !text.empty()) return text;
      if (const auto text = origin_.resource.text(key); !text.empty()) return text;
    }
    return {};
  }

  // One too long to be a dimension stays among the properties only.
  std::string_view dimension(Names keys) const {
    const std::string_view text = first_of(keys);
    return text.size() > kNameBytesMax ? std::string_view() : text;
  }

  std::string_view sent_name() const {
    return record_.event_name.empty() ? of_record("event.name") : record_.event_name;
  }

  // A line of a log is no event, but one that says that something went wrong is.
  std::string_view name() const {
    const std::string_view sent = sent_name();
    for (const NamePair& pair : kNames) {
      if (pair.otlp == sent) return pair.ours;
    }
    if (!sent.empty()) return sent;
    if (record_.severity >= kSeverityFatal) return "crash";
    return record_.severity >= kSeverityError || !of_record("exception.type").empty() ? "error" : std::string_view();
  }

  // An attribute called "revenue" need not be money: only what reads as an amount with a currency counts.
  void money(event::Event& event) {
    const auto micros = parse_micros(of_record("revenue"));
    std::array<char, 3> currency{};
    if (!micros || !read_currency(of_record("currency"), currency)) return;
    event.revenue_micros = micros;
    event.currency = texts_.keep(std::string(currency.data(), currency.size()));
  }

  std::string_view properties(std::string_view name) {
    PropertyWriter out;
    if (name == "error" || name == "crash") wrong(out);
    for (const auto& [key, value] : record_.attributes.items()) out.value(key, value.json);
    for (const auto& [key, value] : record_.body_members.items()) out.value(key, value.json);
    out.json("body", record_.body.json);
    if (name != sent_name()) text(out, "event_name", sent_name());
    text(out, "severity_text", record_.severity_text);
    if (record_.severity != 0) out.integer("severity_number", record_.severity);
    text(out, "trace_id", record_.trace_id);
    text(out, "span_id", record_.span_id);
    text(out, "scope_name", origin_.scope_name);
    text(out, "scope_version", origin_.scope_version);
    resource(out);
    return texts_.keep(std::move(out).finish());
  }

  void wrong(PropertyWriter& out) const {
    const std::string_view type = of_record("exception.type");
    text(out, "kind", type.empty() ? record_.severity_text : type);
    const std::string_view message = of_record("exception.message");
    text(out, "message", message.empty() ? record_.body.text : message);
  }

  void resource(PropertyWriter& out) const {
    if (origin_.resource.items().empty()) return;
    PropertyWriter inner;
    for (const auto& [key, value] : origin_.resource.items()) inner.value(key, value.json);
    out.json("resource", std::move(inner).finish());
  }

  static void text(PropertyWriter& out, std::string_view name, std::string_view value) {
    if (!value.empty()) out.text(name, value);
  }

  const OtlpRecord& record_;
  const OtlpOrigin& origin_;
  TextStore& texts_;
};

std::optional<Tag> first_wrong(const OtlpRecord& record, const OtlpOrigin& origin, size_t properties_max) {
  for (const OtlpAttributes* one : {&record.attributes, &record.body_members, &origin.resource}) {
    if (one->wrong()) return one->wrong();
  }
  const uint32_t members = record.attributes.members() + record.body_members.members() + origin.resource.members();
  if (members > properties_max) return Tag::event_properties_too_many;
  return std::nullopt;
}

// What was sent of an event, for those who look at refused ones and for an id where none was sent: a record of protobuf
// is no text, and what tells two players' records apart may stand in the resource.
std::string_view readable(const FoundEvent& found, const OtlpRecord& record, TextStore& texts) {
  std::string text = "{\"event_name\":" + json_quoted(found.event.name) +
                     ",\"time_unix_nano\":" + std::to_string(record.time_ns) +
                     ",\"observed_time_unix_nano\":" + std::to_string(record.observed_ns) + ",\"properties\":";
  return texts.keep(text.append(found.event.properties) + "}");
}

}  // namespace

bool OtlpEvents::too_large(std::string_view source) {
  if (source.size() <= limits_.event_bytes_max) return false;
  builder_.refuse(Tag::event_too_large, source);
  return true;
}

void OtlpEvents::add(const OtlpRecord& record, const OtlpOrigin& origin) {
  FoundEvent found;
  Mapping(record, origin, texts_).fill(found);
  found.raw = readable(found, record, texts_);
  bytes_ += found.raw.size();
  if (const auto wrong = first_wrong(record, origin, limits_.properties_max)) return builder_.refuse(*wrong, found.raw);
  if (found.raw.size() > limits_.event_bytes_max) return builder_.refuse(Tag::event_too_large, found.raw);
  builder_.add(found);
}

}  // namespace gm::event_ingestion
