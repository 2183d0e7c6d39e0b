#pragma once
// The past of a simulated game: what its clients sent, in the order in which it reached the server, and the true
// numbers behind it.
//
// A first pass plans every session (about 80 bytes each) and counts the truth; next() then plays each session again and
// renders it, so memory grows with sessions, not with events.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "lib/simulated_game/calendar.h"
#include "lib/simulated_game/options.h"
#include "lib/simulated_game/render.h"
#include "lib/simulated_game/session.h"
#include "lib/simulated_game/truth.h"

namespace gm::simulated_game {

// One request of a client.
struct Delivery {
  int64_t deliver_ms = 0;  // when it reaches the server, on the true clock
  int64_t skew_ms = 0;     // the client's clock minus the true one
  uint32_t events = 0;     // in the body, refused and repeated ones included
  uint32_t refused = 0;
  std::string body;  // elements of the "events" array, without the brackets

  // The request as posted at `now_ms`. Requests with a right clock are declared historical, so that neither their age
  // nor the moment of posting matters; the others must be corrected by the server, which works from the difference
  // between sent_at and its own clock.
  std::string request(int64_t now_ms) const { return render_request(body, now_ms + skew_ms, skew_ms == 0); }
};

class History {
 public:
  // Precondition: options.days >= 1, options.end_ms > 0.
  explicit History(const Options& options);

  // In order of delivery; nullopt at the end.
  std::optional<Delivery> next();

  const Truth& truth() const { return *truth_; }
  uint64_t events_to_send() const { return events_to_send_; }  // over all deliveries

 private:
  enum class Part : uint8_t { whole, first_half, second_half, one_event };
  struct Plan {
    int64_t deliver_ms;
    uint32_t player;
    uint32_t events;
    Part part;
    bool refused;  // a refused event rides along
    SessionSeed session;
  };

  void plan_player(const Player& player);
  void plan_session(const Player& player, const SessionSeed& session, const std::vector<GameEvent>& events,
                    SeededRandom& random);
  void add_plan(const Player& player, const SessionSeed& session, int64_t deliver_ms, Part part, size_t events,
                bool refused);
  void count(const Player& player, const SessionSeed& session, const std::vector<GameEvent>& events,
             std::vector<TruthEvent>& truth) const;
  void append(const Plan& plan, const Player& player, Delivery& delivery);
  std::string build_of(const Player& player, int64_t time_ms) const;

  Options options_;
  Calendar calendar_;
  std::unique_ptr<Truth> truth_;
  std::vector<Plan> plans_;
  std::vector<GameEvent> events_;  // of the session being played
  size_t next_ = 0;
  uint64_t refused_serial_ = 0;
  uint64_t events_to_send_ = 0;
};

}  // namespace gm::simulated_game
