#include "services/event_processor/player_parting.h"

#include <algorithm>
#include <unordered_map>
#include <vector>

#include "services/event_processor/player_links.h"
#include "services/event_processor/player_sessions.h"

namespace gm::event_processor {
namespace {

struct Part {
  Player player;
  std::vector<PlayerEvent> events;  // of what is being read
  std::vector<SessionPiece>
      opened;  // all marks so far, by time: what his sessions are made of as long as marks are read
};

// Who the ids of `whole` are without the link, and which of these is meant by an event's player key.
class Parts {
 public:
  Parts(const Player& whole, const store::LinkRow& link, const std::vector<store::LinkRow>& links) {
    for (const PlayerPart& part : parts_without(link.link, links)) {
      Part& made = parts_.emplace_back();
      made.player.row.project = whole.row.project;
      made.player.row.player = whole.key_of(part.player_id);
      made.player.row.player_id = part.player_id;
      made.player.row.version = whole.row.version;  // at least that of every row that was ever written of the members
      for (const std::string& id : part.ids) {
        const store::PlayerKey key = whole.key_of(id);
        part_of_[key] = parts_.size() - 1;
        const store::PlayerKey canonical = id == part.player_id ? 0 : made.player.row.player;
        rows_.push_back({whole.row.project, key, id, canonical});
      }
    }
  }

  const std::vector<store::PlayerLinkRow>& rows() const { return rows_; }
  std::vector<store::EventsWanted> wanted() const {
    std::vector<store::EventsWanted> wanted;
    for (const auto& [key, part] : part_of_) wanted.push_back({key});
    return wanted;
  }
  Part& part_of(store::PlayerKey key) { return parts_.at(part_of_.at(key)); }
  std::vector<Part>& all() { return parts_; }

 private:
  std::vector<Part> parts_;
  std::unordered_map<store::PlayerKey, size_t> part_of_;
  std::vector<store::PlayerLinkRow> rows_;
};

void count(Part& part, const SessionRules& rules, Rollups& rollups) {
  if (part.events.empty()) return;
  apply_events(part.player, part.events, rules, rollups, part.opened);
  for (const PlayerEvent& event : part.events) {
    if (event.cuts()) part.opened.push_back(event.piece());
  }
  put_by_time(part.opened);
  part.events.clear();
}

}  // namespace

Result<std::optional<std::string>> PlayerParting::prepare(const event::LinkUndo& undo, store::MicroBatch& batch) {
  store::LinkRow line;
  line.project = undo.project;
  line.link = undo.link;
  line.kind = store::LinkKind::undo;
  line.received_ms = undo.decided_ms;
  line.outcome = kLinkNothingToPart;
  auto linked = store_->find_linked(undo.project, undo.link);
  if (!linked) return linked.error();
  if (!*linked) {
    batch.links.push_back(std::move(line));
    return std::optional<std::string>();
  }
  const std::vector<store::LinkRow>& links = (*linked)->links;
  const auto link =
      std::find_if(links.begin(), links.end(), [&](const store::LinkRow& row) { return row.link == undo.link; });
  line.member_id = link->member_id;
  line.player_id = link->player_id;
  line.outcome = store::kLinkParted;
  batch.links.push_back(std::move(line));
  Player whole = Player::from(std::move((*linked)->state), kBeginningMs, kBeginningDate);
  if (auto counted = count_anew(whole, *link, links, batch); !counted) return counted.error();
  return std::optional<std::string>(whole.row.player_id);
}

Status PlayerParting::count_anew(Player& whole, const store::LinkRow& link, const std::vector<store::LinkRow>& links,
                                 store::MicroBatch& batch) {
  Parts parts(whole, link, links);
  batch.player_links = parts.rows();
  Rollups rollups(batch);
  take_back(whole, *rules_, rollups);
  SessionWordsReader words(rules_->length_max_ms);
  // Marks first: what comes behind them can only join sessions, in any order.
  for (const bool marks : {true, false}) {
    const auto read = store_->visit_events(parts.wanted(), [&](std::span<const store::EventRow> rows) {
      for (const store::EventRow& row : rows) {
        Part& part = parts.part_of(row.player);
        part.player.row.known = part.player.row.known || says_known(*row.event);
        const PlayerEvent event{row.time_ms, row.date, counted_micros(*row.event, *profile_), row.event,
                                words.read(*row.event)};
        if (event.cuts() == marks) part.events.push_back(event);
      }
      for (Part& part : parts.all()) count(part, *rules_, rollups);
      return Status();
    });
    if (!read) return read;
  }
  rollups.finish();
  return {};
}

}  // namespace gm::event_processor
