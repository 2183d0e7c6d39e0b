#pragma once
// The key of a body that holds it, found without reading the body as what it is: write keys cannot be mistaken for
// anything else.

#include <string_view>

namespace gm::event_ingestion {

// The first text of a write key's form; empty when there is none. A view into `body`.
std::string_view write_key_within(std::string_view body);

}  // namespace gm::event_ingestion
