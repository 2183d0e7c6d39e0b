#include "services/data_retention/record_editor.h"

#include <algorithm>
#include <utility>

#include "lib/event/event.h"
#include "lib/event/mentioned_ids.h"

namespace gm::data_retention {
namespace {

// `encode(first, last)`: the record of the units first..last that stay.
template <typename Encode>
std::vector<log::RecordPart> split(const std::vector<bool>& taken_out, const Encode& encode) {
  std::vector<log::RecordPart> parts;
  for (size_t first = 0; first < taken_out.size();) {
    size_t last = first;
    while (last + 1 < taken_out.size() && taken_out[last + 1] == taken_out[first]) ++last;
    const auto count = static_cast<uint32_t>(last - first + 1);
    parts.push_back({taken_out[first] ? std::string() : encode(first, last), count});
    first = last + 1;
  }
  return parts;
}

bool any(const std::vector<bool>& flags) { return std::find(flags.begin(), flags.end(), true) != flags.end(); }

}  // namespace

RecordEditor::Parts RecordEditor::edit(log::Topic topic, std::string_view payload, uint32_t count) const {
  if (topic == log::Topic::events_rejected) return edit_rejected(payload, count);
  if (topic != log::Topic::events_raw || event::is_link_undo(payload) || !whom_.may_be_in(payload)) return std::nullopt;
  return edit_events(payload, count);
}

RecordEditor::Parts RecordEditor::edit_events(std::string_view payload, uint32_t count) const {
  const auto batch = event::decode_batch(payload);
  if (!batch) return edit_unreadable(payload, count);
  std::vector<bool> taken_out;
  for (const event::Event& event : batch->events)
    taken_out.push_back(whom_.is_meant(batch->info.project, event.player));
  if (!any(taken_out)) return std::nullopt;
  return split(taken_out, [&](size_t first, size_t last) {
    event::BatchEncoder encoder(batch->info);
    for (size_t i = first; i <= last; ++i) encoder.add(batch->events[i]);
    return std::move(encoder).take();
  });
}

RecordEditor::Parts RecordEditor::edit_rejected(std::string_view payload, uint32_t count) const {
  const auto batch = event::decode_rejected(payload);
  if (!batch) return edit_unreadable(payload, count);
  std::vector<bool> taken_out;
  const auto is_meant = [&](std::string_view word) { return whom_.is_meant(batch->info.project, word); };
  for (const event::Rejected& one : batch->rejected) taken_out.push_back(event::mentions(one.raw, is_meant));
  if (!any(taken_out)) return std::nullopt;
  return split(taken_out, [&](size_t first, size_t last) {
    const auto begin = batch->rejected.begin() + static_cast<std::ptrdiff_t>(first);
    return event::encode_rejected(batch->info, {begin, begin + static_cast<std::ptrdiff_t>(last - first + 1)});
  });
}

RecordEditor::Parts RecordEditor::edit_unreadable(std::string_view payload, uint32_t count) const {
  if (!event::mentions(payload, whom_.is_meant_anywhere)) return std::nullopt;
  return std::vector<log::RecordPart>{{"", count}};
}

}  // namespace gm::data_retention
