#include "services/event_ingestion/dialects/snowplow/snowplow_names.h"

namespace gm::event_ingestion {

std::optional<SnowplowKind> snowplow_kind(std::string_view e) {
  if (e == "ue") return SnowplowKind::described;
  if (e == "se") return SnowplowKind::structured;
  if (e == "pv") return SnowplowKind::page_view;
  if (e == "pp") return SnowplowKind::page_ping;
  if (e == "tr") return SnowplowKind::transaction;
  if (e == "ti") return SnowplowKind::transaction_item;
  return std::nullopt;
}

SnowplowSchema parse_snowplow_schema(std::string_view uri) {
  constexpr std::string_view kScheme = "iglu:";
  if (!uri.starts_with(kScheme)) return {};
  uri.remove_prefix(kScheme.size());
  const size_t vendor = uri.find('/');
  if (vendor == std::string_view::npos) return {};
  const size_t end = uri.find('/', vendor + 1);
  if (end == std::string_view::npos) return {};
  return {uri.substr(0, end), uri.substr(vendor + 1, end - vendor - 1)};
}

SnowplowName snowplow_name(const SnowplowSchema& schema) {
  for (const SnowplowName& one : kSnowplowNames) {
    if (one.schema == schema.path) return one;
  }
  return {schema.path, schema.name};
}

}  // namespace gm::event_ingestion
