#include "services/data_retention/request_kinds.h"

#include <algorithm>
#include <array>

namespace gm::data_retention {
namespace {

struct KindRow {
  store::PrivacyKind kind;
  std::string_view name, asked;
};

constexpr std::array kRows = {
    KindRow{store::PrivacyKind::erase, "erase", "erasure_asked"},
    KindRow{store::PrivacyKind::data_export, "export", "export_asked"},
    KindRow{store::PrivacyKind::restriction, "restrict", "restriction_asked"},
    KindRow{store::PrivacyKind::objection, "object", "objection_asked"},
    KindRow{store::PrivacyKind::lift, "lift", "lift_asked"},
    KindRow{store::PrivacyKind::rectify, "rectify", "rectification_asked"},
};

}  // namespace

std::string_view kind_name(store::PrivacyKind kind) {
  const auto row = std::ranges::find(kRows, kind, &KindRow::kind);
  return row == kRows.end() ? "unknown" : row->name;
}

std::optional<store::PrivacyKind> parse_kind(std::string_view name) {
  const auto row = std::ranges::find(kRows, name, &KindRow::name);
  return row == kRows.end() ? std::nullopt : std::optional(row->kind);
}

std::string_view asked_name(store::PrivacyKind kind) {
  const auto row = std::ranges::find(kRows, kind, &KindRow::kind);
  return row == kRows.end() ? "unknown" : row->asked;
}

}  // namespace gm::data_retention
