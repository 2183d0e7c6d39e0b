#pragma once
// For tests: the analytics store's port in memory, the plainest way that can be right, with failures at any call.

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "lib/store/analytics_store.h"

namespace gm::event_processor {

// What every query would answer, by a readable key; rows of zeros are left out.
using Answers = std::map<std::string, std::vector<int64_t>>;

inline void add_to(Answers& answers, const std::string& key, const std::vector<int64_t>& values) {
  std::vector<int64_t>& sums = answers[key];
  sums.resize(values.size());
  for (size_t i = 0; i < values.size(); ++i) sums[i] += values[i];
}
inline void drop_zeros(Answers& answers) {
  std::erase_if(answers, [](const auto& entry) {
    return std::all_of(entry.second.begin(), entry.second.end(), [](int64_t value) { return value == 0; });
  });
}

inline std::string link_key(ProjectId project, const std::string& member, const std::string& player) {
  return "link " + std::to_string(project.value()) + " " + member + " " + player;
}

inline std::string unconverted_key(ProjectId project, Date date, std::string_view currency) {
  return "unconverted " + std::to_string(project.value()) + " " + date.to_string() + " " + std::string(currency);
}
inline std::string event_shape_key(ProjectId project, std::string_view event) {
  return "event_shape " + std::to_string(project.value()) + " " + std::string(event);
}
inline std::string property_shape_key(ProjectId project, std::string_view event, std::string_view property,
                                      std::string_view type) {
  return "property_shape " + std::to_string(project.value()) + " " + std::string(event) + " " + std::string(property) +
         " " + std::string(type);
}

class FakeStore final : public store::AnalyticsStore {
 public:
  enum class Fault { none, before, after };  // after: the call has its effect and still answers with an error
  std::string fault_code = "gm-store-unavailable";
  // Asked at each call, by name.
  std::function<Fault(std::string_view call)> fault = [](std::string_view) { return Fault::none; };

  Result<std::vector<store::LogPosition>> positions() override {
    if (fault("positions") != Fault::none) return failure();
    const std::lock_guard lock(mutex_);
    std::vector<store::LogPosition> all;
    for (const auto& [key, next] : positions_) all.push_back({key.first, key.second, next});
    return all;
  }

  Result<std::vector<store::PlayerState>> load_players(std::span<const store::PlayerWanted> wanted) override {
    if (fault("load_players") != Fault::none) return failure();
    std::vector<store::PlayerState> states;
    for (const store::PlayerWanted& one : wanted) states.push_back(load(one));
    loaded += wanted.size();
    return states;
  }

  Result<std::vector<bool>> find_event_ids(std::span<const store::EventIdWanted> wanted) override {
    if (fault("find_event_ids") != Fault::none) return failure();
    std::vector<bool> found;
    for (const store::EventIdWanted& one : wanted) {
      const auto stored = ids_.find({one.project, one.id});
      found.push_back(stored != ids_.end() && stored->second >= one.received_from_ms &&
                      stored->second <= one.received_to_ms);
    }
    asked += wanted.size();
    return found;
  }

  Status visit_event_ids(int64_t window_ms, const EventIdVisitor& visit) override {
    if (fault("visit_event_ids") != Fault::none) return failure();
    int64_t newest_ms = INT64_MIN;
    for (const auto& [key, received_ms] : ids_) newest_ms = std::max(newest_ms, received_ms);
    for (const auto& [key, received_ms] : ids_) {
      if (received_ms >= newest_ms - window_ms && !visit(key.first, key.second, received_ms)) break;
    }
    return {};
  }

  Result<std::optional<store::LinkedPlayer>> find_linked(ProjectId project, const Uuid& link) override {
    if (fault("find_linked") != Fault::none) return failure();
    const auto joined = joined_links();
    const auto found = std::find_if(joined.begin(), joined.end(), [&](const store::LinkRow& row) {
      return row.project == project && row.link == link;
    });
    if (found == joined.end()) return std::optional<store::LinkedPlayer>();
    store::LinkedPlayer linked{load({project, found->member_id, INT64_MIN, Date{INT32_MIN}}), {}};
    for (const store::LinkRow& row : joined) {
      if (row.project == project && canonical_key(project, row.member_id) == linked.state.row.player) {
        linked.links.push_back(row);
      }
    }
    return std::optional<store::LinkedPlayer>(std::move(linked));
  }

  // Two events at a time, so that a player comes in several parts.
  Status visit_events(std::span<const store::EventsWanted> wanted, const EventVisitor& visit) override {
    if (fault("visit_events") != Fault::none) return failure();
    ++visits;
    std::vector<store::EventRow> part;
    for (const auto& [stored, event] : stored_events_) {
      const store::EventRow& row = stored;
      const bool is_wanted = std::any_of(wanted.begin(), wanted.end(), [&](const store::EventsWanted& one) {
        return one.player == row.player && one.from_ms <= row.time_ms && row.time_ms <= one.to_ms;
      });
      if (!is_wanted) continue;
      part.push_back(row);
      part.back().event = event.get();
      if (part.size() < 2) continue;
      if (auto visited = visit(part); !visited) return visited;
      part.clear();
    }
    return part.empty() ? Status() : visit(part);
  }

  Result<store::KnownShapes> known_shapes(ProjectId project) override {
    if (fault("known_shapes") != Fault::none) return failure();
    store::KnownShapes known;
    std::map<std::pair<std::string, std::string>, event::PropertyTypes> types;
    for (const auto& [key, shape] : event_shapes) {
      if (key.first == project) known.events.push_back(key.second);
    }
    for (const auto& [key, shape] : property_shapes) {
      const auto& [of, event, property, type] = key;
      if (of == project) types[{event, property}].add(type);
    }
    for (const auto& [key, seen] : types) known.properties.push_back({key.first, key.second, seen});
    return known;
  }

  Status apply(const store::MicroBatch& batch) override {
    const Fault planned = fault("apply");
    if (planned == Fault::before) return failure();
    const std::lock_guard lock(mutex_);
    for (const store::LogPosition& p : batch.positions) positions_[{p.topic, p.partition}] = p.next;
    for (const store::EventRow& row : batch.events) {
      repeated_ids += ids_.contains({row.project, row.event->id}) ? 1 : 0;
      ids_[{row.project, row.event->id}] = row.received_ms;
      keep_event(row);
    }
    events += batch.events.size();
    for (const store::PlayerRow& row : batch.players) {
      store::PlayerRow& known = players_[{row.project, row.player_id}];
      if (row.version > known.version) known = row;
    }
    sessions_.insert(sessions_.end(), batch.sessions.begin(), batch.sessions.end());
    player_days_.insert(player_days_.end(), batch.player_days.begin(), batch.player_days.end());
    days_.insert(days_.end(), batch.days.begin(), batch.days.end());
    cohort_days_.insert(cohort_days_.end(), batch.cohort_days.begin(), batch.cohort_days.end());
    event_days_.insert(event_days_.end(), batch.event_days.begin(), batch.event_days.end());
    unconverted_days_.insert(unconverted_days_.end(), batch.unconverted_days.begin(), batch.unconverted_days.end());
    links.insert(links.end(), batch.links.begin(), batch.links.end());
    for (const auto& d : batch.event_shapes)
      event_shapes[{d.project, d.event}].add(d.events, d.first_ms, d.last_ms, "");
    for (const auto& d : batch.property_shapes) {
      property_shapes[{d.project, d.event, d.property, d.type}].add(d.values, d.first_ms, d.last_ms, d.sample);
    }
    for (const auto& d : batch.shape_overflows) shape_overflows[{d.project, std::string(d.reason)}] += d.times;
    for (const store::PlayerLinkRow& row : batch.player_links) {
      if (row.canonical == 0) {
        player_links_.erase(row.member);
      } else {
        player_links_[row.member] = row;
      }
    }
    for (const store::RejectedRow& row : batch.rejected) rejected.emplace_back(row.reason);
    duplicates += batch.duplicates;
    batch_sizes.push_back(batch.events.size());
    if (planned == Fault::after) return failure();
    return {};
  }

  Result<store::Table> run(const store::Statement&, int64_t) override {
    return Error{"gm-query-invalid", "not in this double"};
  }
  Status compact() override {
    if (fault("compact") != Fault::none) return failure();
    ++compactions;
    return {};
  }

  Answers answers() const;

  uint64_t events = 0, duplicates = 0, repeated_ids = 0, loaded = 0, asked = 0, compactions = 0, visits = 0;
  std::vector<std::string> rejected;
  std::vector<size_t> batch_sizes;
  std::vector<store::LinkRow> links;

  struct Shape {
    int64_t count = 0, first_ms = INT64_MAX, last_ms = INT64_MIN;
    std::string sample;
    void add(int64_t more, int64_t first, int64_t last, const std::string& text) {
      count += more;
      first_ms = std::min(first_ms, first);
      last_ms = std::max(last_ms, last);
      if (!text.empty()) sample = text;
    }
    bool operator==(const Shape&) const = default;
  };
  std::map<std::pair<ProjectId, std::string>, Shape> event_shapes;
  std::map<std::tuple<ProjectId, std::string, std::string, event::PropertyType>, Shape> property_shapes;
  std::map<std::pair<ProjectId, std::string>, int64_t> shape_overflows;

 private:
  struct KeptEvent : event::Event {
    std::string texts[7];
  };
  void keep_event(const store::EventRow& row);
  std::vector<store::LinkRow> joined_links() const;
  store::PlayerKey canonical_key(ProjectId project, std::string_view player_id) const;
  Error failure() const { return {fault_code, "made to fail"}; }
  store::PlayerState load(const store::PlayerWanted& wanted);
  std::string player_name(store::PlayerKey key) const;

  std::mutex mutex_;
  std::map<std::pair<log::Topic, log::Partition>, log::Offset> positions_;
  std::map<std::pair<ProjectId, Uuid>, int64_t> ids_;
  std::map<std::pair<ProjectId, std::string>, store::PlayerRow> players_;
  std::vector<std::pair<store::EventRow, std::unique_ptr<KeptEvent>>> stored_events_;
  std::map<store::PlayerKey, store::PlayerLinkRow> player_links_;  // by member
  std::vector<store::SessionRow> sessions_;
  std::vector<store::PlayerDayDelta> player_days_;
  std::vector<store::DayDelta> days_;
  std::vector<store::CohortDayDelta> cohort_days_;
  std::vector<store::EventDayDelta> event_days_;
  std::vector<store::UnconvertedDelta> unconverted_days_;
  store::PlayerKey next_player_ = 1;
};

inline store::PlayerState FakeStore::load(const store::PlayerWanted& wanted) {
  store::PlayerState state;
  state.row.project = wanted.project;
  state.row.player_id = wanted.player_id;
  const store::PlayerKey canonical = canonical_key(wanted.project, wanted.player_id);
  if (canonical == 0) {
    state.row.player = next_player_++;
    return state;
  }
  for (const auto& [name, row] : players_) {
    if (row.player == canonical) state.row = row;
  }
  for (const auto& [member, link] : player_links_) {
    if (link.canonical == canonical) state.members.push_back({member, link.member_id});
  }
  std::map<Date, store::PlayerDay> days;
  std::map<Date, int> active, payer;
  for (const store::PlayerDayDelta& d : player_days_) {
    if (d.player != state.row.player || d.date < wanted.since_date) continue;
    store::PlayerDay& day = days[d.date];
    day.date = d.date;
    active[d.date] += d.active;
    payer[d.date] += d.payer;
    day.events += d.events;
    day.sessions += d.sessions;
    day.session_ms += d.session_ms;
    day.revenue_micros += d.revenue_micros;
  }
  for (auto& [date, day] : days) {
    day.payer = payer[date] > 0;
    if (active[date] > 0) state.days.push_back(day);
  }
  const auto key_of = [](const store::SessionRow& s) {
    return std::tuple(s.start_ms, s.end_ms, s.explicit_id, s.events, s.date, s.length_ms, s.marks, s.told_ms,
                      s.added_ms);
  };
  std::map<decltype(key_of(store::SessionRow())), std::pair<int, const store::SessionRow*>> signs;
  for (const store::SessionRow& s : sessions_) {
    if (s.player != state.row.player || s.end_ms < wanted.since_ms) continue;
    auto& [sign, row] = signs[key_of(s)];
    sign += s.sign;
    row = &s;
  }
  for (const auto& [key, counted] : signs) {
    if (counted.first == 0) continue;
    state.sessions.push_back(*counted.second);
    state.sessions.back().sign = 1;
  }
  return state;
}

inline void FakeStore::keep_event(const store::EventRow& row) {
  auto kept = std::make_unique<KeptEvent>();
  static_cast<event::Event&>(*kept) = *row.event;
  std::string_view* const views[] = {&kept->name,  &kept->session,  &kept->country,   &kept->platform,
                                     &kept->build, &kept->currency, &kept->properties};
  for (size_t i = 0; i < std::size(views); ++i) *views[i] = kept->texts[i] = *views[i];
  stored_events_.emplace_back(row, std::move(kept));
}

// In the order they were made: one partition.
inline std::vector<store::LinkRow> FakeStore::joined_links() const {
  std::vector<store::LinkRow> joined;
  for (const store::LinkRow& row : links) {
    const bool parted = std::any_of(links.begin(), links.end(), [&](const store::LinkRow& other) {
      return other.project == row.project && other.link == row.link && other.outcome == store::kLinkParted;
    });
    if (row.outcome == store::kLinkJoined && !parted) joined.push_back(row);
  }
  return joined;
}

// 0: nobody is known by that id.
inline store::PlayerKey FakeStore::canonical_key(ProjectId project, std::string_view player_id) const {
  for (const auto& [member, link] : player_links_) {
    if (link.project == project && link.member_id == player_id) return link.canonical;
  }
  const auto known = players_.find({project, std::string(player_id)});
  return known == players_.end() ? 0 : known->second.player;
}

inline std::string FakeStore::player_name(store::PlayerKey key) const {
  for (const auto& [name, row] : players_) {
    if (row.player == key) return name.second;
  }
  return "unknown player key";
}

inline Answers FakeStore::answers() const {
  Answers answers;
  const auto project = [](ProjectId id) { return std::to_string(id.value()) + " "; };
  for (const auto& d : days_) {
    add_to(answers, "day " + project(d.project) + d.date.to_string(),
           {d.players, d.new_players, d.events, d.late_events, d.sessions, d.session_ms, d.payers, d.purchases,
            d.revenue_micros});
  }
  for (const auto& d : cohort_days_) {
    add_to(answers, "cohort " + project(d.project) + d.cohort_date.to_string() + " " + d.date.to_string(),
           {d.players, d.revenue_micros});
  }
  for (const auto& d : event_days_) {
    add_to(answers, "event " + project(d.project) + d.date.to_string() + " " + d.event, {d.events});
  }
  for (const auto& d : unconverted_days_) {
    add_to(answers, unconverted_key(d.project, d.date, d.currency), {d.events, d.micros});
  }
  for (const auto& [key, shape] : event_shapes) {
    add_to(answers, event_shape_key(key.first, key.second), {shape.count, shape.first_ms, shape.last_ms});
  }
  for (const auto& [key, shape] : property_shapes) {
    const auto& [of, event, property, type] = key;
    add_to(answers, property_shape_key(of, event, property, event::property_type_name(type)),
           {shape.count, shape.first_ms, shape.last_ms});
  }
  for (const auto& d : player_days_) {
    add_to(answers,
           "player_day " + project(d.project) + player_name(d.player) + " " + d.cohort_date.to_string() + " " +
               d.date.to_string(),
           {d.active, d.payer, d.events, d.sessions, d.session_ms, d.revenue_micros});
  }
  for (const auto& s : sessions_) {
    add_to(answers,
           "session " + project(s.project) + player_name(s.player) + " '" + s.explicit_id + "' " + s.date.to_string() +
               " " + std::to_string(s.start_ms) + " " + std::to_string(s.end_ms) + " " + std::to_string(s.events) +
               " " + std::to_string(s.length_ms),
           {s.sign});
  }
  for (const auto& [key, p] : players_) {
    if (player_links_.contains(p.player)) continue;  // somebody else now
    add_to(answers, "player " + project(key.first) + key.second + " " + p.cohort_date.to_string(),
           {p.first_seen_ms, p.last_seen_ms, static_cast<int64_t>(p.events), static_cast<int64_t>(p.sessions),
            p.revenue_micros});
  }
  for (const store::LinkRow& link : joined_links()) {
    add_to(answers, link_key(link.project, link.member_id, link.player_id), {1});
  }
  for (const auto& [row, event] : stored_events_) {
    const auto link = player_links_.find(row.player);
    const store::PlayerKey key = link == player_links_.end() ? row.player : link->second.canonical;
    add_to(answers, "events_of " + project(row.project) + player_name(key), {1});
  }
  drop_zeros(answers);
  return answers;
}

}  // namespace gm::event_processor
