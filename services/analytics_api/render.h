#pragma once
// Private to this folder: answers as JSON text.

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "lib/http/message.h"
#include "lib/query/queries.h"
#include "lib/store/live_state.h"
#include "lib/store/metadata_store.h"
#include "services/analytics_api/analytics_api.h"
#include "services/analytics_api/parameters.h"

namespace gm::analytics_api {

// The fields that every answer about numbers begins with.
nlohmann::ordered_json explanation_json(const query::Explanation& explanation);

std::string render(const query::MetricAnswer& answer);
std::string render(const query::RetentionAnswer& answer);
std::string render(const query::TopEventsAnswer& answer);
std::string render(const query::RejectedPage& page);
std::string render(const store::LiveSnapshot& snapshot);
std::string render(const PipelineFacts& facts);
std::string render_project(const store::Project& project, const query::ProjectFacts& facts);
std::string render_metric_list(std::string_view currency);
// One line: JSON whitespace inside the event's properties is flattened, so that it fits a server-sent event.
std::string render_feed_entry(const store::LiveEvent& event);

// An event's properties as one line of JSON text.
std::string flattened(std::string_view json);
// Events that are durable or refused, but not yet visible.
uint64_t lag_events(const PipelineFacts& facts);

// An error of the query interface with what is wrong where.
http::Response invalid_query(const std::vector<Problem>& problems, std::string_view trace_id);

}  // namespace gm::analytics_api
