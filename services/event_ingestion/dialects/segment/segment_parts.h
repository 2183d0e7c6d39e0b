#pragma once
// The two parts of a message that are read into: "context", which says where it comes from, and "properties".

#include <optional>
#include <string>
#include <string_view>

#include "services/event_ingestion/decoding/event_reader.h"

namespace gm::event_ingestion {

// Views as the texts of the reader.
struct SegmentContext {
  std::string_view os, os_hint;  // the hint: of the browser, which may be wrong about it
  std::string_view device;
  std::string_view app_version, app_build;
  std::string_view country;
  std::string_view session;
  std::string_view page_url;
  std::string_view address;
  std::string kept;          // the members, without braces and without the IP address
  std::optional<Tag> wrong;  // of a batch's context, which is read before any event
};
void read_segment_context(EventReader& reader, SegmentContext& out);

struct SegmentProperties {
  std::string_view raw;  // the object as written; empty: none
  std::string_view revenue, total, currency;
  bool has_currency = false;  // even one that says nothing
  std::string_view product;   // the id, SKU or name of the first one, whichever there is
  std::string_view order;
  std::string_view url;
  // What the game model calls so is there already.
  bool has_product = false, has_transaction = false, has_current_url = false, has_screen_name = false;
};
void read_segment_properties(EventReader& reader, SegmentProperties& out);

// Null, or the empty list that PHP makes of an empty map: as good as absent. False for anything else.
bool stands_for_nothing(const codec::JsonValue& value);

}  // namespace gm::event_ingestion
