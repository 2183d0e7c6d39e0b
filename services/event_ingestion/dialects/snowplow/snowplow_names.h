#pragma once
// What Snowplow's own events are called in the game model: the one mapping table of the dialect.

#include <array>
#include <optional>
#include <string_view>

namespace gm::event_ingestion {

// The kinds of event of the tracker protocol (field "e").
enum class SnowplowKind : uint8_t { described, structured, page_view, page_ping, transaction, transaction_item };
std::optional<SnowplowKind> snowplow_kind(std::string_view e);

// A self-describing event of Snowplow's own vendors. `from` is the member of its data that the game model calls `to`.
struct SnowplowName {
  std::string_view schema;  // "vendor/name"
  std::string_view event;
  std::string_view from = {};
  std::string_view to = {};
};

inline constexpr std::array kSnowplowNames = {
    SnowplowName{"com.snowplowanalytics.mobile/application_install", "first_open"},
    SnowplowName{"com.snowplowanalytics.mobile/screen_view", "$screen", "name", "$screen_name"},
    SnowplowName{"com.snowplowanalytics.snowplow/ad_click", "ad_click", "zoneId", "placement"},
    SnowplowName{"com.snowplowanalytics.snowplow/ad_impression", "ad_impression", "zoneId", "placement"},
    SnowplowName{"com.snowplowanalytics.snowplow/application_error", "error", "exceptionName", "kind"},
    SnowplowName{"com.snowplowanalytics.snowplow/screen_view", "$screen", "name", "$screen_name"},
};

// "iglu:vendor/name/format/version" taken apart; empty parts when it is not one.
struct SnowplowSchema {
  std::string_view path;  // "vendor/name"
  std::string_view name;
};
SnowplowSchema parse_snowplow_schema(std::string_view uri);

// The event of a schema: the table's, else its own name.
SnowplowName snowplow_name(const SnowplowSchema& schema);

}  // namespace gm::event_ingestion
