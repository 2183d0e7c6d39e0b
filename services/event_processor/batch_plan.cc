#include "services/event_processor/batch_plan.h"

#include <fmt/format.h>

#include <bit>

namespace gm::event_processor {
namespace {

// Reason of a log record that cannot be read: its bytes are kept, the others go on.
constexpr std::string_view kRecordMalformed = "record_malformed";
// A whole record that this program is too old for; passed over, its events would be lost.
constexpr std::string_view kRecordNewer = "gm-log-version";

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

BatchPlanner::BatchPlanner(store::AnalyticsStore& store, ProjectDirectory& projects, Deduper& deduper,
                           PlayerCache& players, const ProcessorSettings& settings)
    : store_(&store),
      directory_(&projects),
      deduper_(&deduper),
      players_(&players),
      time_rules_{settings.skew_tolerance_ms, settings.future_max_ms, settings.late_after_ms},
      session_rules_{settings.session_gap_ms, settings.session_named_gap_ms,
                     static_cast<size_t>(settings.sessions_per_player_max)},
      rejected_raw_bytes_max_(static_cast<size_t>(settings.rejected_raw_bytes_max)) {}

Status BatchPlanner::prepare(BatchPlan& plan) {
  if (!plan.decoded_) {
    if (auto decoded = decode(plan); !decoded) return decoded;
  }
  if (auto known = look_up_projects(plan); !known) return known;
  const auto kept = find_new(plan);
  if (!kept) return kept.error();
  judge_events(plan, kept.value());
  group_by_player(plan);
  return find_players(plan);
}

void BatchPlanner::finish(BatchPlan& plan) {
  Rollups rollups(plan.batch_);
  count_events(plan, rollups);
  for (const BatchPlan::Group& group : plan.groups_) {
    plan.joined_by_time_ += apply_events(*group.player, events_of(plan, group), session_rules_, rollups);
    forget_old(*group.player, 2 * session_rules_.gap_max_ms());
  }
  for (size_t i = 0; i < plan.batch_.events.size(); ++i) {
    plan.batch_.events[i].player = plan.groups_[plan.group_of_[i]].player->row.player;
  }
  rollups.finish();
  plan.batch_.positions = plan.input_.next;
  plan.batch_.duplicates = plan.candidates_.size() - plan.batch_.events.size();
}

Status BatchPlanner::decode(BatchPlan& plan) const {
  // Candidates point into the decoded batches: these must not move.
  plan.batches_.reserve(plan.input_.frames.size());
  plan.rejected_.reserve(plan.input_.frames.size());
  for (const InputFrame& input : plan.input_.frames) {
    const bool events = input.topic == log::Topic::events_raw;
    if (auto decoded = events ? decode_events(plan, input) : decode_rejected(plan, input); !decoded) return decoded;
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
    plan.batch_.rejected.push_back({batch.info.project, batch.info.received_ms, batch.info.source, one.reason,
                                    one.detail, one.raw, input.partition, offset});
  }
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
  std::unordered_map<ProjectId, bool> asked;
  for (const event::Batch& batch : plan.batches_) {
    const ProjectId id = batch.info.project;
    if (!asked.try_emplace(id, true).second) continue;
    auto found = directory_->find(id);
    if (!found) return found.error();
    ProjectProfile profile = found->value_or(ProjectProfile{});
    const auto known = projects_.find(id);
    if (known == projects_.end()) {
      DayCalendar calendar(profile.zone);
      projects_.emplace(id, Project{std::move(profile), std::move(calendar)});
      continue;
    }
    // The calendar is kept as long as the zone is the same.
    if (known->second.profile.zone.name() != profile.zone.name()) known->second.calendar = DayCalendar(profile.zone);
    known->second.profile = std::move(profile);
  }
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
  plan.foreign_currency_ = 0;
  plan.batch_.events.reserve(kept.size());
  plan.events_.reserve(kept.size());
  for (const size_t index : kept) {
    const BatchPlan::Candidate& candidate = plan.candidates_[index];
    const event::Event& event = *candidate.event;
    Project& project = projects_.at(candidate.info->project);
    const EventTime time = event_time(*candidate.info, event, candidate.clock_offset_ms, time_rules_);
    PlayerEvent judged{time.time_ms, project.calendar.date_of(time.time_ms), 0, &event};
    if (event.revenue_micros) {
      if (event.currency == project.profile.currency) {
        judged.revenue_micros = *event.revenue_micros;
      } else {
        ++plan.foreign_currency_;
      }
    }
    plan.events_.push_back(judged);
    plan.late_.push_back(time.late);
    plan.batch_.events.push_back({candidate.info->project, 0, judged.date, time.time_ms, candidate.info->received_ms,
                                  candidate.info->source, time.flags, candidate.partition, candidate.offset, &event});
  }
}

void BatchPlanner::group_by_player(BatchPlan& plan) {
  constexpr uint32_t kEmpty = UINT32_MAX;
  const size_t count = plan.events_.size();
  std::vector<uint32_t> table(std::bit_ceil(count * 2 + 1), kEmpty);
  plan.groups_.clear();
  plan.group_of_.resize(count);
  for (size_t i = 0; i < count; ++i) {
    const ProjectId project = plan.batch_.events[i].project;
    const std::string_view player_id = plan.events_[i].event->player;
    const uint64_t hash = PlayerCache::hash(project, player_id);
    size_t at = hash & (table.size() - 1);
    while (table[at] != kEmpty) {
      const BatchPlan::Group& group = plan.groups_[table[at]];
      if (group.hash == hash && group.project == project && group.player_id == player_id) break;
      at = (at + 1) & (table.size() - 1);
    }
    if (table[at] == kEmpty) {
      table[at] = static_cast<uint32_t>(plan.groups_.size());
      plan.groups_.push_back({project, player_id, hash, 0, 0, nullptr});
    }
    plan.group_of_[i] = table[at];
    ++plan.groups_[table[at]].events;
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
  std::vector<uint32_t> missing;
  for (uint32_t i = 0; i < plan.groups_.size(); ++i) {
    BatchPlan::Group& group = plan.groups_[i];
    group.player = players_->find(group.project, group.player_id, group.hash);
    if (group.player == nullptr || !knows_enough_for(plan, group)) missing.push_back(i);
  }
  if (auto loaded = load(plan, missing, false); !loaded) return loaded;
  std::erase_if(missing, [&](uint32_t i) { return knows_enough_for(plan, plan.groups_[i]); });
  // What is left are players whose first event moves to an earlier day: all of their days change cohort.
  return load(plan, missing, true);
}

Status BatchPlanner::load(BatchPlan& plan, const std::vector<uint32_t>& groups, bool everything) {
  if (groups.empty()) return {};
  std::vector<store::PlayerWanted> wanted;
  wanted.reserve(groups.size());
  for (const uint32_t i : groups) {
    const BatchPlan::Group& group = plan.groups_[i];
    Horizon needed;
    if (!everything) {
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
    BatchPlan::Group& group = plan.groups_[groups[i]];
    group.player =
        players_->put(Player::from(std::move((*states)[i]), wanted[i].since_ms, wanted[i].since_date), group.hash);
  }
  return {};
}

bool BatchPlanner::knows_enough_for(const BatchPlan& plan, const BatchPlan::Group& group) const {
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
}

}  // namespace gm::event_processor
