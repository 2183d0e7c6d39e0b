#pragma once
// What can be asked for: how it is called in requests, and in the log of changes.

#include <optional>
#include <string_view>

#include "lib/store/privacy_store.h"

namespace gm::data_retention {

// "erase", "export", "restrict", "object", "lift", "rectify".
std::string_view kind_name(store::PrivacyKind kind);
std::optional<store::PrivacyKind> parse_kind(std::string_view name);
// "erasure_asked" and so on.
std::string_view asked_name(store::PrivacyKind kind);

}  // namespace gm::data_retention
