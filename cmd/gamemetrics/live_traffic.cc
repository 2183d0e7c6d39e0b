#include "cmd/gamemetrics/live_traffic.h"

#include <algorithm>
#include <memory>

#include "cmd/gamemetrics/parallel_sender.h"
#include "cmd/gamemetrics/stop_signal.h"
#include "lib/simulated_game/live.h"

namespace gm::gamemetrics {
namespace {

constexpr int64_t kTickMs = 100;
constexpr int64_t kFlushMs = 1000;      // a client keeps its events this long
constexpr int64_t kFlushFastMs = 5000;  // at rates where requests, not events, would be the load
constexpr double kFastRate = 1000;
constexpr double kPlayersPerEventPerSecond = 60;  // enough that nobody has to play two sessions at once

simulated_game::Options game_options(const LiveTrafficOptions& options) {
  simulated_game::Options game;
  game.seed = options.seed;
  game.players = options.players != 0
                     ? options.players
                     : static_cast<uint32_t>(std::max(500.0, options.rate * kPlayersPerEventPerSecond));
  return game;
}

Parcel parcel_of(simulated_game::Delivery delivery) {
  const uint32_t events = delivery.events;
  auto body = std::make_shared<const std::string>(std::move(delivery.body));
  const int64_t skew_ms = delivery.skew_ms;
  return {[body, skew_ms](int64_t now_ms) { return simulated_game::render_request(*body, now_ms + skew_ms, false); },
          events,
          {}};
}

}  // namespace

LiveTrafficResult run_live_traffic(const LiveTrafficOptions& options, const Clock& clock,
                                   const std::function<bool()>& stopping,
                                   const std::function<void(const SendCounts&)>& progress) {
  ParallelSender sender(options.server.url, options.server.key, options.connections, clock, stopping);
  const int64_t started_ms = clock.now_ms();
  const int64_t started_ns = clock.monotonic_ns();
  simulated_game::LiveGame game(game_options(options), options.rate, options.rate > kFastRate ? kFlushFastMs : kFlushMs,
                                started_ms);
  LiveTrafficResult result;
  bool going = true;
  const auto send = [&](std::vector<simulated_game::Delivery> deliveries) {
    for (auto& delivery : deliveries) going = going && sender.push(parcel_of(std::move(delivery)));
  };
  // The game follows the monotonic clock, so that a jump of the wall clock makes neither a flood nor a silence.
  const auto elapsed_ms = [&] { return (clock.monotonic_ns() - started_ns) / 1'000'000; };
  while (going && !stopping()) {
    const int64_t now_ms = elapsed_ms();
    if (options.seconds > 0 && now_ms >= options.seconds * 1000) {
      send(game.finish(started_ms + options.seconds * 1000));
      break;
    }
    send(game.until(started_ms + now_ms));
    result.behind_ms = elapsed_ms() - now_ms;
    progress(sender.counts());
    if (result.behind_ms < kTickMs) wait_for_stop(kTickMs - result.behind_ms);
  }
  result.status = sender.finish();
  result.counts = sender.counts();
  result.seconds = static_cast<double>(clock.monotonic_ns() - started_ns) / 1e9;
  return result;
}

}  // namespace gm::gamemetrics
