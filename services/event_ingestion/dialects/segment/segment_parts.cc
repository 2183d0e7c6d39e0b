#include "services/event_ingestion/dialects/segment/segment_parts.h"

#include <algorithm>

#include "services/event_ingestion/decoding/part_walk.h"

namespace gm::event_ingestion {
namespace {

using codec::JsonCursor;
using codec::JsonKind;
using codec::JsonValue;

bool is_country_code(std::string_view text) {
  return text.size() == 2 && std::all_of(text.begin(), text.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

// Reads the members of a context's object that say something here.
void read_named_object(PartWalk& walk, std::string_view name, SegmentContext& out) {
  walk.object(2, [&](std::string_view key, size_t) {
    const std::string_view text = walk.text(2);
    if (name == "os" && key == "name") out.os = text;
    if (name == "userAgentData" && key == "platform") out.os_hint = text;
    if (name == "device" && key == "model") out.device = text;
    if (name == "app" && key == "version") out.app_version = text;
    if (name == "app" && key == "build") out.app_build = text;
    if (name == "location" && key == "country" && is_country_code(text)) out.country = text;
    if (name == "page" && key == "url") out.page_url = text;
  });
}

bool is_named_object(std::string_view key) {
  for (const std::string_view name : {"os", "userAgentData", "device", "app", "location", "page"}) {
    if (key == name) return true;
  }
  return false;
}

// What a product is known by, the better name first.
constexpr std::string_view kProductNames[] = {"product_id", "productId", "sku", "name"};

struct Product {
  std::string_view name;
  size_t rank = std::size(kProductNames);

  void see(std::string_view key, std::string_view text) {
    const auto found = static_cast<size_t>(std::find(std::begin(kProductNames), std::end(kProductNames), key) -
                                           std::begin(kProductNames));
    if (text.empty() || found >= rank) return;
    rank = found;
    name = text;
  }
};

// The list of an order: its first product.
std::string_view first_product(EventReader& reader, PartWalk& walk) {
  JsonCursor& cursor = reader.cursor();
  if (cursor.peek() != '[') {
    walk.value(1);
    return {};
  }
  Product product;
  bool is_first = true;
  for (bool more = cursor.begin_array(); more; more = cursor.next_element()) {
    if (is_first) {
      walk.object(3, [&](std::string_view key, size_t) { product.see(key, walk.text(3)); });
    } else {
      walk.value(2);
    }
    is_first = false;
  }
  return product.name;
}

}  // namespace

bool stands_for_nothing(const JsonValue& value) {
  if (value.kind == JsonKind::null) return true;
  return value.kind == JsonKind::array && value.raw.substr(1).find_first_not_of(" \t\r\n") == value.raw.size() - 2;
}

void read_segment_context(EventReader& reader, SegmentContext& out) {
  if (reader.cursor().peek() != '{') {
    if (!stands_for_nothing(reader.value())) reader.note(Tag::properties_invalid);
    return;
  }
  PartWalk walk(reader);
  walk.object(1, [&](std::string_view key, size_t start) {
    if (is_named_object(key)) {
      read_named_object(walk, key, out);
    } else if (key == "sessionId" || key == "session_id") {
      out.session = walk.text(1);
    } else if (key == "ip") {
      out.address = walk.text(1);
    } else {
      walk.value(1);
    }
    if (key == "ip") return;
    if (!out.kept.empty()) out.kept += ',';
    out.kept += walk.since(start);
  });
}

void read_segment_properties(EventReader& reader, SegmentProperties& out) {
  JsonCursor& cursor = reader.cursor();
  if (cursor.peek() != '{') {
    if (!stands_for_nothing(reader.value())) reader.note(Tag::properties_invalid);
    return;
  }
  const size_t begin = cursor.position();
  PartWalk walk(reader);
  Product single;
  std::string_view listed;
  walk.object(1, [&](std::string_view key, size_t) {
    if (key == "products") {
      listed = first_product(reader, walk);
      return;
    }
    const std::string_view text = walk.text(1);
    single.see(key, text);
    if (key == "revenue") out.revenue = text;
    if (key == "total") out.total = text;
    if (key == "currency") {
      out.currency = text;
      out.has_currency = true;
    }
    if (key == "order_id" || key == "orderId") out.order = text;
    if (key == "url") out.url = text;
    if (key == "product") out.has_product = true;
    if (key == "transaction") out.has_transaction = true;
    if (key == "$current_url") out.has_current_url = true;
    if (key == "$screen_name") out.has_screen_name = true;
  });
  out.product = listed.empty() ? single.name : listed;
  out.raw = cursor.since(begin);
}

}  // namespace gm::event_ingestion
