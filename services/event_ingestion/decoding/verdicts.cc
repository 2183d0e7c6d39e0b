#include "services/event_ingestion/decoding/verdicts.h"

namespace gm::event_ingestion {
namespace {

constexpr TagDeclaration kTags[] = {
    {Tag::body_malformed, "body_malformed", Verdict::drop,
     "The whole body could not be read as JSON of the dialect; it is kept as one rejected entry. Check the encoding "
     "(UTF-8) and the JSON."},
    {Tag::event_not_an_object, "event_not_an_object", Verdict::drop,
     "An element of the list of events is not a JSON object."},
    {Tag::event_too_large, "event_too_large", Verdict::drop,
     "One event is larger than ingest.event_bytes_max. Send large data elsewhere and a reference here."},
    {Tag::event_too_deep, "event_too_deep", Verdict::drop, "An event's JSON is nested deeper than ingest.depth_max."},
    {Tag::event_properties_too_many, "event_properties_too_many", Verdict::drop,
     "An event has more properties, at all depths together, than ingest.properties_max."},
    {Tag::event_name_missing, "event_name_missing", Verdict::drop, "An event has no name, or an empty one."},
    {Tag::event_name_invalid, "event_name_invalid", Verdict::drop, "An event's name is not a string."},
    {Tag::event_name_too_long, "event_name_too_long", Verdict::drop, "An event's name is longer than 200 bytes."},
    {Tag::event_id_invalid, "event_id_invalid", Verdict::drop,
     "An event's id is not a string of 1 to 200 bytes. Leave it out, or send a UUID."},
    {Tag::player_id_missing, "player_id_missing", Verdict::drop, "An event names no player."},
    {Tag::player_id_invalid, "player_id_invalid", Verdict::drop, "An event's player id is not a string."},
    {Tag::player_id_too_long, "player_id_too_long", Verdict::drop, "An event's player id is longer than 200 bytes."},
    {Tag::player_id_refused, "player_id_refused", Verdict::drop,
     "The player id is a placeholder such as null, anonymous or 0 (ingest.refused_player_ids), which would merge many "
     "players into one: send a real id. Or it is of a player who was erased, of whom nothing but this line is kept: "
     "forget his ids."},
    {Tag::event_time_invalid, "event_time_invalid", Verdict::drop,
     "An event's time is neither ISO 8601 nor whole Unix milliseconds."},
    {Tag::event_time_too_old, "event_time_too_old", Verdict::drop,
     "An event happened longer ago than ingest.event_age_max; a device with a reset clock says 1970. Raise the setting "
     "to import older data."},
    {Tag::event_time_in_future, "event_time_in_future", Verdict::warning,
     "An event lies further in the future than ingest.future_max; it is counted at its time of receipt."},
    {Tag::properties_invalid, "properties_invalid", Verdict::drop, "An event's properties are not a JSON object."},
    {Tag::field_invalid, "field_invalid", Verdict::drop,
     "A field of the event has a value that it cannot have, or is missing although this kind of event needs it; the "
     "dialect's page lists them."},
    {Tag::field_too_long, "field_too_long", Verdict::drop,
     "A field of the event (session, country, platform, device, build) is longer than 200 bytes."},
    {Tag::revenue_invalid, "revenue_invalid", Verdict::drop,
     "Revenue needs an amount in major units (a decimal string or number below 100 million) and a three-letter "
     "currency."},
    {Tag::text_invalid, "text_invalid", Verdict::drop,
     "A string of the event is no Unicode text: it holds half of a surrogate pair (such as \\ud83d alone), usually "
     "from "
     "a name that was cut inside an emoji, or bytes that are not UTF-8."},
    {Tag::line_malformed, "line_malformed", Verdict::drop,
     "A line of NDJSON is not one JSON value in UTF-8. The other lines are none the worse for it."},
    {Tag::property_reserved, "property_reserved", Verdict::warning,
     "A property was left out because its name begins with $gm_: those are written by the server only."},
    {Tag::revenue_not_validated, "revenue_not_validated", Verdict::warning,
     "The event's money is not part of revenue, for ingest.client_revenue says so of events that were not sent with a "
     "server key. The event itself is counted."},
};

static_assert([] {
  for (size_t i = 0; i < std::size(kTags); ++i) {
    if (static_cast<size_t>(kTags[i].tag) != i) return false;
  }
  return true;
}());

}  // namespace

std::string_view verdict_name(Verdict verdict) {
  switch (verdict) {
    case Verdict::ok:
      return "ok";
    case Verdict::warning:
      return "warning";
    case Verdict::drop:
      return "drop";
    case Verdict::retry:
      return "retry";
  }
  return "unknown";
}

std::span<const TagDeclaration> tags() { return kTags; }

const TagDeclaration& declaration_of(Tag tag) { return kTags[static_cast<size_t>(tag)]; }

}  // namespace gm::event_ingestion
