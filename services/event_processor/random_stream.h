#pragma once
// For tests: seeded streams of frames with everything that goes wrong in the field: repeats, late and early events,
// wrong clocks, backfills, shared session ids, marks of sessions and lengths that are told of them, foreign currencies,
// players of several zones around clock changes; on demand ids that turn out to be one player, and decisions that they
// are not.

#include <fmt/format.h>

#include <map>
#include <string>
#include <vector>

#include "lib/base/random.h"
#include "services/event_processor/naive_model.h"

namespace gm::event_processor {

inline constexpr int64_t kStreamStartMs =
    1'792'713'600'000;  // 2026-10-23T00:00:00Z; clocks change in Berlin and New York soon after

inline std::map<ProjectId, ProjectProfile> stream_projects() {
  std::map<ProjectId, ProjectProfile> projects;
  const std::pair<const char*, const char*> profiles[] = {
      {"UTC", "USD"}, {"Europe/Berlin", "EUR"}, {"America/New_York", "USD"}, {"Pacific/Auckland", "NZD"}};
  uint32_t id = 1;
  for (const auto& [zone, currency] : profiles) {
    projects[ProjectId::from_stored(id++)] = {TimeZone::find(zone).value(), currency};
  }
  std::vector<event::Rate> rates;
  for (Date day{20'700}; day < Date{20'900}; day = day + 1) {
    if (const auto rate = stream_rate("USD", day)) rates.push_back({"USD", day, *rate});
  }
  projects.at(ProjectId::from_stored(2)).rates = std::make_shared<event::RateTable>(rates);
  return projects;
}

struct StreamFrame {
  log::Partition partition = 0;
  uint32_t count = 0;
  std::string payload;
};

class RandomStream {
 public:
  // `links`: only with one partition, because links are believed in their order.
  RandomStream(uint64_t seed, log::Partition partitions, bool links = false)
      : random_(seed), partitions_(partitions), links_(links) {}

  std::vector<StreamFrame> frames(size_t count) {
    std::vector<StreamFrame> all;
    for (size_t i = 0; i < count; ++i) {
      received_ms_ += static_cast<int64_t>(random_.below(40 * kMsPerMinute));
      if (i > 3 && random_.below(8) == 0) {
        // A client that got no answer sends the same request again.
        all.push_back(all[random_.below(all.size())]);
      } else if (!link_ids_.empty() && random_.below(6) == 0) {
        all.push_back(undo_frame());
      } else {
        all.push_back(fresh_frame());
      }
    }
    for (size_t i = all.size(); i > 1; --i) {
      // Mostly in order, now and then far out of it.
      if (random_.below(5) == 0) std::swap(all[i - 1], all[random_.below(i)]);
    }
    return all;
  }

 private:
  // One player's events: a request comes from one device.
  StreamFrame fresh_frame() {
    const auto project = static_cast<uint32_t>(random_.below(4) + 1);
    const auto player_number = random_.below(9);
    event::BatchInfo info;
    info.project = ProjectId::from_stored(project);
    info.received_ms = received_ms_;
    info.historical = random_.below(6) == 0;
    int64_t clock_error = 0;
    if (random_.below(4) == 0) clock_error = static_cast<int64_t>(random_.below(10 * kMsPerHour)) - 5 * kMsPerHour;
    if (random_.below(3) != 0) info.sent_ms = received_ms_ + clock_error - static_cast<int64_t>(random_.below(2000));
    event::BatchEncoder encoder(info);
    const size_t count = random_.below(12) + 1;
    int64_t time_ms = received_ms_ - age_ms();
    for (size_t i = 0; i < count; ++i) {
      time_ms += silence_ms();
      add_event(encoder, project, fmt::format("p{}_of_{}", player_number, project), time_ms + clock_error);
    }
    return {static_cast<log::Partition>((project * 31 + player_number) % partitions_), encoder.count(),
            std::move(encoder).take()};
  }

  // Often around the gaps that matter, and often none.
  int64_t silence_ms() {
    switch (random_.below(8)) {
      case 0:
      case 1:
        return static_cast<int64_t>(random_.below(90 * kMsPerMinute));
      case 2:
        return static_cast<int64_t>(random_.below(10'000));
      case 3:
        return static_cast<int64_t>(random_.below(2));
      default:
        return static_cast<int64_t>(random_.below(5 * kMsPerMinute));
    }
  }

  StreamFrame undo_frame() {
    const auto& [project, link] = link_ids_[random_.below(link_ids_.size())];
    return {0, 1, event::encode_link_undo({project, link, received_ms_})};
  }

  // Says of the event, now and then, that its player is one with another.
  void make_claim(event::Event& event, uint32_t project) {
    const uint64_t roll = links_ ? random_.below(10) : 2;
    if (roll > 1) return;
    event.name = roll == 0 ? "$identify" : "$create_alias";
    std::string other = fmt::format("p{}_of_{}", random_.below(9), project);
    if (random_.below(4) == 0) other = fmt::format("device_{}_of_{}", random_.below(5), project);  // has no events
    if (random_.below(12) == 0) other = "guest";
    claim_ = fmt::format(R"({{"{}":"{}"}})", roll == 0 ? "$anon_distinct_id" : "alias", other);
    event.properties = random_.below(8) != 0 ? std::string_view(claim_) : std::string_view();
    link_ids_.emplace_back(ProjectId::from_stored(project), event.id);
  }

  int64_t age_ms() {
    switch (random_.below(6)) {
      case 0:
        return static_cast<int64_t>(random_.below(6 * kMsPerDay));
      case 1:
        return static_cast<int64_t>(random_.below(20 * kMsPerHour));
      case 2:
        return -static_cast<int64_t>(random_.below(3 * kMsPerHour));  // from the future
      default:
        return static_cast<int64_t>(random_.below(30 * kMsPerMinute));
    }
  }

  void add_event(event::BatchEncoder& encoder, uint32_t project, const std::string& player, int64_t time_ms) {
    static constexpr const char* kNames[] = {"level_start",   "level_complete", "purchase",
                                             "session_start", "session_end",    "session_update"};
    static constexpr const char* kLengths[] = {"0", "1.5", "600", "2e3", "-1", "\"12\"", "null", "1e300", "90000"};
    static constexpr const char* kCurrencies[] = {"USD", "EUR", "NZD"};
    static constexpr const char* kProperties[] = {"",
                                                  "{}",
                                                  R"({"level":3,"mode":"story"})",
                                                  R"({"mode":"story","level":"12a","tags":["a",{"b":1}]})",
                                                  R"({ "level" : 1e3, "won" : true, "place": {"x":[1]}, "mode":null })",
                                                  R"({"l\u0065vel":4,"":false,"m\u00fcde":"no"})"};
    // Repeats of single events, too: some ids are used more than once.
    event::Event event;
    event.id = Uuid{random_.next(), random_.next()};
    std::vector<Uuid>& used = ids_[player];
    if (!used.empty() && random_.below(15) == 0) event.id = used[random_.below(used.size())];
    used.push_back(event.id);
    event.name = kNames[random_.below(2) == 0 ? random_.below(3) : random_.below(6)];
    event.player = player;
    event.time_ms = time_ms;
    std::string session;
    if (random_.below(3) == 0) session = fmt::format("s{}", random_.below(3));
    event.session = session;
    if (random_.below(5) == 0) {
      event.revenue_micros = static_cast<int64_t>(random_.below(12)) * 990'000 - 2 * 990'000;
      event.currency = kCurrencies[random_.below(3)];
    }
    event.properties = kProperties[random_.below(std::size(kProperties))];
    std::string length;
    if (event.name.starts_with("session_") && random_.below(3) != 0) {
      length = fmt::format(R"({{"level":1,"seconds":{}}})", kLengths[random_.below(std::size(kLengths))]);
      event.properties = length;
    }
    make_claim(event, project);
    encoder.add(event);
  }

  SeededRandom random_;
  log::Partition partitions_;
  bool links_;
  std::string claim_;
  std::vector<std::pair<ProjectId, Uuid>> link_ids_;
  int64_t received_ms_ = kStreamStartMs;
  std::map<std::string, std::vector<Uuid>> ids_;  // by player and project
};

}  // namespace gm::event_processor
