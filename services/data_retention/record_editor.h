#pragma once
// Which events of a log record are of an erased player, and the record without them.

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lib/base/ids.h"
#include "lib/log/log_rewrite.h"

namespace gm::data_retention {

// Who is taken out. Each is asked until it says yes, and has then been found once.
struct Whom {
  std::function<bool(ProjectId project, std::string_view id)> is_meant;
  // In a record that cannot be read, so that its project is not known.
  std::function<bool(std::string_view id)> is_meant_anywhere;
  // False: no event of theirs is in the record, so that it need not be decoded.
  std::function<bool(std::string_view payload)> may_be_in;
};

// Taken out are events of a player who is meant, rejected events that mention one, and records that cannot be read and
// mention one.
class RecordEditor {
 public:
  explicit RecordEditor(Whom whom) : whom_(std::move(whom)) {}

  std::optional<std::vector<log::RecordPart>> edit(log::Topic topic, std::string_view payload, uint32_t count) const;

 private:
  using Parts = std::optional<std::vector<log::RecordPart>>;
  Parts edit_events(std::string_view payload, uint32_t count) const;
  Parts edit_rejected(std::string_view payload, uint32_t count) const;
  Parts edit_unreadable(std::string_view payload, uint32_t count) const;

  const Whom whom_;
};

}  // namespace gm::data_retention
