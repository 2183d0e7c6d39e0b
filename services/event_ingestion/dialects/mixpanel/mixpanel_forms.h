#pragma once
// What surrounds Mixpanel's events: how they are wrapped, where the key stands, and the words of the answers.

#include <string>
#include <string_view>

#include "lib/base/result.h"
#include "lib/http/message.h"
#include "services/event_ingestion/decoding/batch_builder.h"

namespace gm::event_ingestion {

// What a request is about, by its path.
enum class MixpanelKind : uint8_t { events, profiles, groups, flags, flag_definitions };
MixpanelKind mixpanel_kind(std::string_view path);

// The JSON inside: the body itself (lines of it, too), or plain or base64 in the field "data" of a form or the query.
// `storage` holds the bytes (and their padding) where they had to be unwrapped. Error: gm-body-malformed.
Result<std::string_view> unwrap_mixpanel(const http::Request& request, std::string_view body, std::string& storage);

// The write key of "Authorization: Basic", as user or as secret, or of the query's api_key; empty where there is none.
std::string mixpanel_key(const http::Request& request);

// The answers to events and profiles that were stored, some perhaps refused. `body`: without its content coding.
http::Response mixpanel_stored(const http::Request& request, std::string_view body, const DecodedBatch& batch);
// A compressed form cannot say here that it wants a reason.
http::Response mixpanel_refused(const http::Request& request, int status, std::string_view message);
// There are no flags here.
http::Response mixpanel_no_flags(MixpanelKind kind);

}  // namespace gm::event_ingestion
