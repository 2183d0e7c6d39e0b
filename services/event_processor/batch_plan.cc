#include "services/event_processor/batch_plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <unordered_set>

#include "lib/event/mentioned_ids.h"
#include "services/event_processor/player_parting.h"
#include "services/event_processor/player_sessions.h"

namespace gm::event_processor {
namespace {

// Reason of a log record that cannot be read: its bytes are kept, the others go on.
constexpr std::string_view kRecordMalformed = "record_malformed";
// A whole record that this program is too old for; passed over, its events would be lost.
constexpr std::string_view kRecordNewer = "gm-log-version";

bool is_undo(const InputFrame& input) {
  return input.topic == log::Topic::events_raw && event::is_link_undo(input.frame.payload);
}

// By project and id, each once: open addressing over positions in `groups`.
class GroupTable {
 public:
  GroupTable(size_t ids_max) : slots_(std::bit_ceil(ids_max * 2 + 1), kEmpty) {}

  template <typename Groups>
  uint32_t find_or_add(Groups& groups, ProjectId project, std::string_view player_id) {
    const uint64_t hash = PlayerCache::hash(project, player_id);
    size_t at = hash & (slots_.size() - 1);
    while (slots_[at] != kEmpty) {
      const auto& group = groups[slots_[at]];
      if (group.hash == hash && group.project == project && group.player_id == player_id) return slots_[at];
      at = (at + 1) & (slots_.size() - 1);
    }
    slots_[at] = static_cast<uint32_t>(groups.size());
    groups.push_back({project, player_id, hash, 0, 0, false, false, nullptr});
    return slots_[at];
  }

 private:
  static constexpr uint32_t kEmpty = UINT32_MAX;
  std::vector<uint32_t> slots_;
};

store::LiveEvent to_live(const store::EventRow& row) {
  const event::Event& event = *row.event;
  store::LiveEvent live;
  live.time_ms = row.time_ms;
  live.received_ms = row.received_ms;
  live.event = event.name;
  live.player = event.player;
  live.country = event.country;
  live.platform = event.platform;
  live.build = event.build;
  live.revenue_micros = event.revenue_micros;
  live.currency = event.currency;
  live.properties = event.properties;
  return live;
}

}  // namespace

std::vector<std::pair<ProjectId, std::vector<store::LiveEvent>>> BatchPlan::live_events(int64_t since_ms) const {
  std::vector<std::pair<ProjectId, std::vector<store::LiveEvent>>> live;
  std::unordered_map<ProjectId, size_t> places;
  for (const store::EventRow& row : batch_.events) {
    if (row.time_ms < since_ms) continue;
    const auto [place, fresh] = places.try_emplace(row.project, live.size());
    if (fresh) live.emplace_back(row.project, std::vector<store::LiveEvent>());
    live[place->second].second.push_back(to_live(row));
  }
  return live;
}

bool cut_at_undo(Input& input) {
  const auto undo = std::find_if(input.frames.begin(), input.frames.end(), is_undo);
  const auto cut = undo != input.frames.end() && undo == input.frames.begin() ? std::next(undo) : undo;
  if (cut == input.frames.end()) return false;
  for (store::LogPosition& next : input.next) {
    const auto left = std::find_if(cut, input.frames.end(), [&](const InputFrame& frame) {
      return frame.topic == next.topic && frame.partition == next.partition;
    });
    if (left != input.frames.end()) next.next = left->from;
  }
  input.frames.erase(cut, input.frames.end());
  input.events = 0;
  for (const InputFrame& frame : input.frames) input.events += frame.frame.base + frame.frame.count - frame.from;
  return true;
}

BatchPlanner::BatchPlanner(store::AnalyticsStore& store, ProjectDirectory& projects, Deduper& deduper,
                           PlayerCache& players, const ProcessorSettings& settings, const security::ErasedIds* erased)
    : store_(&store),
      directory_(&projects),
      deduper_(&deduper),
      players_(&players),
      time_rules_{settings.skew_tolerance_ms, settings.future_max_ms, settings.late_after_ms},
      session_rules_{settings.session_gap_ms,
                     settings.session_named_gap_ms,
                     static_cast<size_t>(settings.sessions_per_player_max),
                     settings.session_marked_gap_ms,
                     settings.session_length_max_ms,
                     static_cast<uint64_t>(settings.session_cut_events_max)},
      session_words_(settings.session_length_max_ms),
      link_rules_{event::RefusedPlayers(settings.refused_player_ids), static_cast<size_t>(settings.ids_per_player_max)},
      schema_(store, settings.schema),
      rejected_raw_bytes_max_(static_cast<size_t>(settings.rejected_raw_bytes_max)),
      erased_(erased) {}

Status BatchPlanner::prepare(BatchPlan& plan) {
  if (!plan.decoded_) {
    if (auto decoded = decode(plan); !decoded) return decoded;
  }
  if (auto known = look_up_projects(plan); !known) return known;
  if (plan.undo_) return prepare_undo(plan);
  for (const event::Batch& batch : plan.batches_) {
    if (auto held = schema_.hold(batch.info.project); !held) return held;
  }
  const auto kept = find_new(plan);
  if (!kept) return kept.error();
  judge_events(plan, kept.value());
  read_links(plan);
  group_by_player(plan);
  if (auto found = find_players(plan); !found) return found;
  return open_sessions(plan);
}

void BatchPlanner::finish(BatchPlan& plan) {
  Rollups rollups(plan.batch_);
  count_events(plan, rollups);
  learn_shapes(plan);
  for (size_t i = 0; i < plan.batch_.events.size(); ++i) {
    const BatchPlan::Group& group = plan.groups_[plan.group_of_[i]];
    plan.batch_.events[i].player = group.player->key_of(group.player_id);
  }
  apply_links(plan, rollups);
  apply_groups(plan, rollups);
  rollups.finish();
  if (plan.parted_) {
    if (Player* player = find_player(plan.undo_->project, *plan.parted_)) players_->drop(*player);
  }
  plan.batch_.positions = plan.input_.next;
  plan.batch_.duplicates = plan.candidates_.size() - plan.batch_.events.size();
}

Status BatchPlanner::decode(BatchPlan& plan) const {
  // Candidates point into the decoded batches: these must not move.
  plan.batches_.reserve(plan.input_.frames.size());
  plan.rejected_.reserve(plan.input_.frames.size());
  for (const InputFrame& input : plan.input_.frames) {
    const auto decode_one = is_undo(input)                          ? &BatchPlanner::decode_undo
                            : input.topic == log::Topic::events_raw ? &BatchPlanner::decode_events
                                                                    : &BatchPlanner::decode_rejected;
    if (auto decoded = (this->*decode_one)(plan, input); !decoded) return decoded;
  }
  plan.decoded_ = true;
  return {};
}

Status BatchPlanner::decode_events(BatchPlan& plan, const InputFrame& input) const {
  auto decoded = event::decode_batch(input.frame.payload);
  if (!decoded) return keep_malformed(plan, input, decoded.error());
  plan.batches_.push_back(std::move(*decoded));
  const event::Batch& batch = plan.batches_.back();
  const int64_t clock_offset = clock_offset_ms(batch.info, time_rules_);
  for (size_t i = 0; i < batch.events.size(); ++i) {
    const log::Offset offset = input.frame.base + i;
    if (offset < input.from) continue;
    if (is_erased(batch.info.project, batch.events[i].player)) {
      ++plan.events_of_erased_;
      continue;
    }
    plan.candidates_.push_back({&batch.info, &batch.events[i], input.partition, offset, clock_offset});
  }
  return {};
}

Status BatchPlanner::decode_rejected(BatchPlan& plan, const InputFrame& input) const {
  auto decoded = event::decode_rejected(input.frame.payload);
  if (!decoded) return keep_malformed(plan, input, decoded.error());
  plan.rejected_.push_back(std::move(*decoded));
  const event::RejectedBatch& batch = plan.rejected_.back();
  for (size_t i = 0; i < batch.rejected.size(); ++i) {
    const log::Offset offset = input.frame.base + i;
    if (offset < input.from) continue;
    const event::Rejected& one = batch.rejected[i];
    if (names_erased(batch.info.project, one.raw)) {
      ++plan.events_of_erased_;
      continue;
    }
    plan.batch_.rejected.push_back({batch.info.project, batch.info.received_ms, batch.info.source, one.reason,
                                    one.detail, one.raw, input.partition, offset});
  }
  return {};
}

bool BatchPlanner::names_erased(ProjectId project, std::string_view text) const {
  if (erased_ == nullptr || !erased_->any(project)) return false;
  return event::mentions(text, [&](std::string_view word) { return erased_->holds(project, word); });
}

Status BatchPlanner::decode_undo(BatchPlan& plan, const InputFrame& input) const {
  const auto undo = event::decode_link_undo(input.frame.payload);
  if (!undo) return keep_malformed(plan, input, undo.error());
  plan.undo_ = *undo;
  return {};
}

Status BatchPlanner::keep_malformed(BatchPlan& plan, const InputFrame& input, const Error& error) const {
  if (error.code == kRecordNewer) {
    return Error{error.code,
                 fmt::format("{} ({}, offset {})", error.message, log::topic_name(input.topic), input.frame.base)};
  }
  plan.details_.push_back(fmt::format("{} ({} events)", error.message, input.frame.count));
  const std::string_view raw = std::string_view(input.frame.payload).substr(0, rejected_raw_bytes_max_);
  plan.batch_.rejected.push_back({ProjectId(), input.frame.appended_ms, event::Source::native, kRecordMalformed,
                                  plan.details_.back(), raw, input.partition, input.frame.base});
  return {};
}

Status BatchPlanner::look_up_projects(const BatchPlan& plan) {
  if (plan.undo_) return look_up_project(plan.undo_->project);
  std::unordered_map<ProjectId, bool> asked;
  for (const event::Batch& batch : plan.batches_) {
    const ProjectId id = batch.info.project;
    if (!asked.try_emplace(id, true).second) continue;
    if (auto known = look_up_project(id); !known) return known;
  }
  return {};
}

Status BatchPlanner::look_up_project(ProjectId id) {
  auto found = directory_->find(id);
  if (!found) return found.error();
  ProjectProfile profile = found->value_or(ProjectProfile{});
  const auto known = projects_.find(id);
  if (known == projects_.end()) {
    DayCalendar calendar(profile.zone);
    projects_.emplace(id, Project{std::move(profile), std::move(calendar)});
    return {};
  }
  // The calendar is kept as long as the zone is the same.
  if (known->second.profile.zone.name() != profile.zone.name()) known->second.calendar = DayCalendar(profile.zone);
  known->second.profile = std::move(profile);
  return {};
}

Result<std::vector<size_t>> BatchPlanner::find_new(BatchPlan& plan) {
  std::vector<ReceivedId> ids;
  ids.reserve(plan.candidates_.size());
  for (const BatchPlan::Candidate& candidate : plan.candidates_) {
    ids.push_back({candidate.info->project, candidate.event->id, candidate.info->received_ms});
  }
  const auto repeats = deduper_->find_repeats(ids);
  if (!repeats) return repeats.error();
  std::vector<size_t> kept;
  kept.reserve(ids.size());
  plan.new_ids_.clear();
  plan.new_ids_.reserve(ids.size());
  for (size_t i = 0; i < ids.size(); ++i) {
    if (repeats.value()[i]) continue;
    kept.push_back(i);
    plan.new_ids_.push_back(ids[i]);
  }
  return kept;
}

void BatchPlanner::judge_events(BatchPlan& plan, const std::vector<size_t>& kept) {
  plan.batch_.events.clear();
  plan.events_.clear();
  plan.late_.clear();
  plan.unconverted_.clear();
  plan.marks_.clear();
  plan.money_.clear();
  plan.batch_.events.reserve(kept.size());
  plan.events_.reserve(kept.size());
  for (const size_t index : kept) {
    const BatchPlan::Candidate& candidate = plan.candidates_[index];
    Project& project = projects_.at(candidate.info->project);
    const EventTime time = event_time(*candidate.info, *candidate.event, candidate.clock_offset_ms, time_rules_);
    const Date date = project.calendar.date_of(time.time_ms);
    const event::Event& event = *plan.money_.convert(*candidate.event, project.profile, date);
    const PlayerEvent judged{time.time_ms, date, counted_micros(event, project.profile), &event,
                             session_words_.read(event)};
    if (judged.cuts()) plan.marks_.push_back(static_cast<uint32_t>(plan.events_.size()));
    if (event.revenue_micros && event.currency != project.profile.currency)
      plan.unconverted_.push_back(static_cast<uint32_t>(plan.events_.size()));
    plan.events_.push_back(judged);
    plan.late_.push_back(time.late);
    plan.batch_.events.push_back({candidate.info->project, 0, judged.date, time.time_ms, candidate.info->received_ms,
                                  candidate.info->source, time.flags, candidate.partition, candidate.offset, &event});
  }
}

void BatchPlanner::read_links(BatchPlan& plan) {
  plan.links_.clear();
  for (uint32_t i = 0; i < plan.events_.size(); ++i) {
    auto claim = link_reader_.read(*plan.events_[i].event);
    if (!claim) continue;
    const std::string_view refusal = refusal_of(*claim, plan.events_[i].event->player, link_rules_);
    plan.links_.push_back({i, std::move(*claim), refusal, std::nullopt});
  }
}

void BatchPlanner::group_by_player(BatchPlan& plan) {
  const size_t count = plan.events_.size();
  GroupTable table(count + plan.links_.size());
  plan.groups_.clear();
  plan.group_of_.resize(count);
  for (size_t i = 0; i < count; ++i) {
    plan.group_of_[i] = table.find_or_add(plan.groups_, plan.batch_.events[i].project, plan.events_[i].event->player);
    ++plan.groups_[plan.group_of_[i]].events;
  }
  for (BatchPlan::Link& link : plan.links_) {
    if (link.claim.other.empty() || !link.refusal.empty()) continue;
    const ProjectId project = plan.batch_.events[link.event].project;
    link.other_group = table.find_or_add(plan.groups_, project, link.claim.other);
    plan.groups_[plan.group_of_[link.event]].receives = true;
    plan.groups_[*link.other_group].whole = true;
  }
  uint32_t first = 0;
  for (BatchPlan::Group& group : plan.groups_) {
    group.first_event = first;
    first += group.events;
  }
  std::vector<uint32_t> filled(plan.groups_.size(), 0);
  plan.grouped_.resize(count);
  for (size_t i = 0; i < count; ++i) {
    const uint32_t group = plan.group_of_[i];
    plan.grouped_[plan.groups_[group].first_event + filled[group]++] = plan.events_[i];
  }
}

Status BatchPlanner::find_players(BatchPlan& plan) {
  plan.earliest_joining_.clear();
  for (BatchPlan::Group& group : plan.groups_) {
    group.player = players_->find(group.project, group.player_id, group.hash);
  }
  const std::vector<uint32_t> missing = groups_to_load(plan);
  if (auto loaded = load(plan, missing, false); !loaded) return loaded;
  if (missing.empty() && plan.links_.empty()) return {};
  judge_links(plan);
  // What is left are players whose first event moves to an earlier day (all of their days change cohort), those who
  // were loaded for two of their ids, of which the second asked for less, and those whom somebody older joins.
  return load(plan, groups_to_load(plan), true);
}

// Who may be joined to others, now that it is known which ids are one player. Of a chain of links, whoever receives may
// be joined to the next.
void BatchPlanner::judge_links(BatchPlan& plan) {
  std::unordered_map<const Player*, int> uses;
  for (const BatchPlan::Link& link : plan.links_) {
    if (!link.other_group) continue;
    ++uses[plan.groups_[plan.group_of_[link.event]].player];
    ++uses[plan.groups_[*link.other_group].player];
  }
  for (const BatchPlan::Link& link : plan.links_) {
    if (!link.other_group) continue;
    BatchPlan::Group& group = plan.groups_[plan.group_of_[link.event]];
    const bool chained = uses[group.player] > 1 || uses[plan.groups_[*link.other_group].player] > 1;
    group.whole = group.whole || chained;
  }
  const auto note = [&](ProjectId project, const PlayerEvent& first) {
    const auto [place, fresh] = plan.earliest_joining_.try_emplace(project, first);
    if (first.time_ms < place->second.time_ms) place->second = first;
  };
  // Also what comes in the name of another id of theirs.
  std::unordered_set<const Player*> joining;
  for (const BatchPlan::Group& group : plan.groups_) {
    if (group.whole) joining.insert(group.player);
  }
  for (const BatchPlan::Group& group : plan.groups_) {
    if (!joining.contains(group.player)) continue;
    const store::PlayerRow& row = group.player->row;
    if (!group.player->is_new()) note(group.project, {row.first_seen_ms, row.cohort_date});
    for (const PlayerEvent& event : events_of(plan, group)) note(group.project, event);
  }
}

std::vector<uint32_t> BatchPlanner::groups_to_load(const BatchPlan& plan) const {
  std::vector<uint32_t> missing;
  for (uint32_t i = 0; i < plan.groups_.size(); ++i) {
    if (plan.groups_[i].player == nullptr || !knows_enough_for(plan, plan.groups_[i])) missing.push_back(i);
  }
  return missing;
}

Status BatchPlanner::load(BatchPlan& plan, const std::vector<uint32_t>& groups, bool everything) {
  if (groups.empty()) return {};
  std::vector<store::PlayerWanted> wanted;
  wanted.reserve(groups.size());
  for (const uint32_t i : groups) {
    const BatchPlan::Group& group = plan.groups_[i];
    Horizon needed;
    if (!everything && !group.whole) {
      needed = horizon_of(events_of(plan, group).front(), session_rules_);
      for (const PlayerEvent& event : events_of(plan, group)) {
        const Horizon other = horizon_of(event, session_rules_);
        needed.since_ms = std::min(needed.since_ms, other.since_ms);
        needed.since_date = std::min(needed.since_date, other.since_date);
      }
    }
    wanted.push_back({group.project, group.player_id, needed.since_ms, needed.since_date});
  }
  auto states = store_->load_players(wanted);
  if (!states) return states.error();
  for (size_t i = 0; i < groups.size(); ++i) {
    plan.groups_[groups[i]].player =
        players_->put(Player::from(std::move((*states)[i]), wanted[i].since_ms, wanted[i].since_date));
  }
  return {};
}

bool BatchPlanner::knows_enough_for(const BatchPlan& plan, const BatchPlan::Group& group) const {
  if (group.whole && !group.player->is_whole()) return false;
  if (group.receives) {
    const auto earliest = plan.earliest_joining_.find(group.project);
    if (earliest != plan.earliest_joining_.end() && !knows_enough(*group.player, earliest->second, session_rules_))
      return false;
  }
  for (const PlayerEvent& event : events_of(plan, group)) {
    if (!knows_enough(*group.player, event, session_rules_)) return false;
  }
  return true;
}

std::span<const PlayerEvent> BatchPlanner::events_of(const BatchPlan& plan, const BatchPlan::Group& group) {
  return std::span(plan.grouped_).subspan(group.first_event, group.events);
}

void BatchPlanner::count_events(BatchPlan& plan, Rollups& rollups) const {
  for (size_t i = 0; i < plan.events_.size(); ++i) {
    const PlayerEvent& event = plan.events_[i];
    const ProjectId project = plan.batch_.events[i].project;
    rollups.count_event(project, event.date, event.event->name);
    if (!plan.late_[i] && !event.is_purchase()) continue;
    store::DayDelta& day = rollups.day(project, event.date);
    day.late_events += plan.late_[i] ? 1 : 0;
    day.purchases += event.is_purchase() ? 1 : 0;
  }
  for (const uint32_t i : plan.unconverted_) {
    const event::Event& event = *plan.events_[i].event;
    rollups.unconverted(plan.batch_.events[i].project, plan.events_[i].date, event.currency, *event.revenue_micros);
  }
}

void BatchPlanner::learn_shapes(BatchPlan& plan) {
  for (const store::EventRow& row : plan.batch_.events) schema_.learn(row.project, *row.event, row.received_ms);
  schema_.finish(plan.batch_);
}

Player* BatchPlanner::find_player(ProjectId project, std::string_view player_id) {
  return players_->find(project, player_id, PlayerCache::hash(project, player_id));
}

Status BatchPlanner::open_sessions(BatchPlan& plan) {
  plan.opened_.clear();
  if (plan.marks_.empty() && plan.links_.empty()) return {};
  SessionOpener opener(session_rules_);
  for (const uint32_t i : plan.marks_) opener.add_mark(*plan.groups_[plan.group_of_[i]].player, plan.events_[i]);
  for (const BatchPlan::Link& link : plan.links_) {
    if (!link.other_group) continue;
    opener.add_link(*plan.groups_[plan.group_of_[link.event]].player, *plan.groups_[*link.other_group].player);
  }
  return opener.read(*store_, session_words_, plan.opened_);
}

// All events of a player at once, by whichever id they came: a mark of one may lie between others.
void BatchPlanner::apply_groups(BatchPlan& plan, Rollups& rollups) {
  const auto apply = [&](Player& player, std::span<const PlayerEvent> events) {
    const auto opened = plan.opened_.find(player.row.player);
    plan.joined_by_time_ += apply_events(
        player, events, session_rules_, rollups,
        opened == plan.opened_.end() ? std::span<const SessionPiece>() : std::span<const SessionPiece>(opened->second));
    forget_old(player, kept_ms());
  };
  std::vector<Player*> order;
  std::unordered_map<Player*, std::vector<PlayerEvent>> of_several;
  for (const BatchPlan::Group& group : plan.groups_) {
    const auto events = events_of(plan, group);
    if (plan.links_.empty() && group.player->members.empty()) {
      apply(*group.player, events);
      continue;
    }
    // Not the group's own pointer: a link may have joined the player to another.
    Player* player = find_player(group.project, group.player_id);
    auto [place, fresh] = of_several.try_emplace(player);
    if (fresh) order.push_back(player);
    place->second.insert(place->second.end(), events.begin(), events.end());
  }
  for (Player* player : order) {
    if (const auto& events = of_several.at(player); !events.empty()) {
      apply(*player, events);
    } else if (player->is_new()) {
      players_->drop(*player);  // only named by a link
    } else {
      forget_old(*player, kept_ms());
    }
  }
}

// Before the events: which of them came before a link makes no difference to the sums, but links among themselves are
// believed in their order.
void BatchPlanner::apply_links(BatchPlan& plan, Rollups& rollups) {
  for (const BatchPlan::Link& link : plan.links_) {
    if (!link.claim.other.empty()) ++plan.link_outcomes_[apply_link(plan, link, rollups)];
    if (link.claim.kind != store::LinkKind::identify) continue;
    const store::EventRow& event = plan.batch_.events[link.event];
    Player& player = *find_player(event.project, event.event->player);
    if (player.row.known) continue;
    player.row.known = true;
    ++player.row.version;
    rollups.player(player.row);
  }
}

std::string_view BatchPlanner::apply_link(BatchPlan& plan, const BatchPlan::Link& link, Rollups& rollups) {
  const store::EventRow& event = plan.batch_.events[link.event];
  Player& player = *find_player(event.project, event.event->player);
  std::string_view outcome = link.refusal;
  if (link.other_group) {
    Player& other = *find_player(event.project, link.claim.other);
    outcome = outcome_of(link.claim, player, other, link_rules_);
    if (outcome == store::kLinkJoined) {
      plan.batch_.player_links.push_back({event.project, other.row.player, other.row.player_id, player.row.player});
      for (const store::PlayerMember& member : other.members) {
        plan.batch_.player_links.push_back({event.project, member.player, member.player_id, player.row.player});
      }
      join(plan, player, other, rollups);
    }
  }
  if (outcome == kLinkSamePlayer) return outcome;
  plan.batch_.links.push_back({event.project, event.event->id, link.claim.kind, link.claim.other,
                               std::string(event.event->player), event.received_ms, event.log_partition,
                               event.log_offset, std::string(outcome)});
  return outcome;
}

void BatchPlanner::join(BatchPlan& plan, Player& player, Player& other, Rollups& rollups) {
  std::vector<SessionPiece> theirs = std::move(plan.opened_[other.row.player]);
  std::vector<SessionPiece>& own = plan.opened_[player.row.player];
  join_player(player, other, session_rules_, rollups, own, theirs);
  own.insert(own.end(), theirs.begin(), theirs.end());
  put_by_time(own);
  players_->join(player, other);
}

Status BatchPlanner::prepare_undo(BatchPlan& plan) {
  plan.batch_ = {};
  plan.link_outcomes_.clear();
  const InputFrame& frame = plan.input_.frames.front();
  const ProjectProfile& profile = projects_.at(plan.undo_->project).profile;
  PlayerParting parting(*store_, profile, session_rules_);
  auto parted = parting.prepare(*plan.undo_, plan.batch_);
  if (!parted) return parted.error();
  store::LinkRow& row = plan.batch_.links.front();
  row.log_partition = frame.partition;
  row.log_offset = frame.from;
  ++plan.link_outcomes_[*parted ? store::kLinkParted : kLinkNothingToPart];
  plan.parted_ = std::move(*parted);
  return {};
}

}  // namespace gm::event_processor
