#include "lib/simulated_game/player.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace gm::simulated_game {
namespace {

struct Weighted {
  std::string_view name;
  int weight;
};

constexpr std::array kCountries = {Weighted{"US", 26}, Weighted{"DE", 11}, Weighted{"BR", 10}, Weighted{"IN", 10},
                                   Weighted{"JP", 8},  Weighted{"GB", 7},  Weighted{"FR", 6},  Weighted{"MX", 5},
                                   Weighted{"TR", 4},  Weighted{"ID", 4},  Weighted{"PL", 3},  Weighted{"KR", 3},
                                   Weighted{"ES", 2},  Weighted{"SE", 1}};
constexpr std::array kPlatforms = {Weighted{"android", 56}, Weighted{"ios", 36}, Weighted{"web", 8}};
constexpr std::array kAndroid = {Weighted{"SM-A546B", 30}, Weighted{"SM-S918B", 20}, Weighted{"Pixel 8", 15},
                                 Weighted{"Redmi Note 12", 25}, Weighted{"moto g54", 10}};
constexpr std::array kIos = {Weighted{"iPhone15,2", 35}, Weighted{"iPhone14,5", 35}, Weighted{"iPhone12,8", 15},
                             Weighted{"iPad13,18", 15}};
constexpr std::array kWeb = {Weighted{"Chrome 128", 70}, Weighted{"Firefox 130", 15}, Weighted{"Safari 17", 15}};

template <size_t N>
std::string_view pick(const std::array<Weighted, N>& table, SeededRandom& random) {
  int total = 0;
  for (const Weighted& row : table) total += row.weight;
  int left = static_cast<int>(random.below(static_cast<uint64_t>(total)));
  for (const Weighted& row : table) {
    left -= row.weight;
    if (left < 0) return row.name;
  }
  return table.back().name;
}

std::string_view pick_device(std::string_view platform, SeededRandom& random) {
  if (platform == "ios") return pick(kIos, random);
  if (platform == "web") return pick(kWeb, random);
  return pick(kAndroid, random);
}

// Minutes to hours, either direction; always far beyond the server's tolerance of a minute.
int64_t pick_skew(SeededRandom& random) {
  const int64_t minutes =
      random.unit() < 0.5 ? 3 + static_cast<int64_t>(random.below(50)) : 60 + static_cast<int64_t>(random.below(240));
  return (random.unit() < 0.5 ? -1 : 1) * minutes * kMsPerMinute;
}

constexpr double kShareWithoutSessions = 0.12;
constexpr double kShareSkewed = 0.04;
constexpr double kShareOldSdk = 0.03;
constexpr double kSharePayers = 0.05;

}  // namespace

SeededRandom random_of(uint64_t seed, uint32_t player, uint32_t purpose) {
  // Two rounds of the generator keep neighbouring numbers from giving related streams.
  SeededRandom mixer(seed ^ (uint64_t{player} << 8 | purpose) * 0xD6E8FEB86659FD93ull);
  mixer.next();
  return SeededRandom(mixer.next());
}

double exponential(SeededRandom& random, double mean) { return -std::log(1.0 - random.unit()) * mean; }

Player make_player(const Options& options, uint32_t number) {
  SeededRandom random = random_of(options.seed, number, 0);
  Player player;
  player.number = number;
  player.id = fmt::format("p-{:06}", number);
  player.country = pick(kCountries, random);
  player.platform = pick(kPlatforms, random);
  player.device = pick_device(player.platform, random);
  // The sum of three uniforms is bell-shaped; its mean here is 1.
  player.engagement = 0.1 + 0.6 * (random.unit() + random.unit() + random.unit());
  player.spending = random.unit() < kSharePayers ? 0.15 + 0.4 * random.unit() : 0;
  player.names_sessions = random.unit() >= kShareWithoutSessions;
  player.sends_ids = random.unit() >= kShareOldSdk;
  player.build_delay_ms = static_cast<int64_t>(exponential(random, 2.0 * kMsPerDay));
  const bool skewed = random.unit() < kShareSkewed;
  const int64_t skew = pick_skew(random);
  if (options.profile == Profile::rough && skewed) player.skew_ms = skew;
  return player;
}

double return_chance(int day) { return day <= 0 ? 1.0 : 0.41 * std::pow(day, -0.44); }

std::string build_name(int64_t since_release_ms) {
  constexpr int64_t kReleaseEvery = 12 * kMsPerDay;
  return fmt::format("1.{}.0", std::max<int64_t>(0, since_release_ms / kReleaseEvery));
}

}  // namespace gm::simulated_game
