#include "cmd/gamemetrics/cli.h"
#include "cmd/gamemetrics/console.h"
#include "cmd/gamemetrics/exit_codes.h"
#include "cmd/gamemetrics/live_traffic.h"
#include "cmd/gamemetrics/stop_signal.h"

namespace gm::gamemetrics {
namespace {

int simulate(const LiveTrafficOptions& options) {
  watch_stop_signals();
  const SystemClock clock;
  Progress progress("simulating", static_cast<uint64_t>(options.rate * options.seconds), clock);
  const auto result = run_live_traffic(options, clock, stop_requested, [&](const SendCounts& counts) {
    progress.update(counts.sent, counts.rejected > 0 ? fmt::format("{} rejected", counts.rejected) : "");
  });
  progress.finish("");
  const SendCounts& counts = result.counts;
  say("sent {} events in {} requests, {:.0f} events/s; accepted {}, rejected {}, requests sent again {}; p50 {:.1f} "
      "ms, p99 {:.1f} ms",
      grouped(counts.sent), grouped(counts.requests), static_cast<double>(counts.sent) / result.seconds,
      grouped(counts.accepted), grouped(counts.rejected), counts.retried, counts.latency.percentile_ms(0.5),
      counts.latency.percentile_ms(0.99));
  for (const auto& [reason, count] : counts.rejected_by_reason) say("  {} {}", grouped(count), reason);
  if (result.behind_ms > 1000)
    say("the server was too slow for this rate: the last events left {} late",
        seconds_text(static_cast<double>(result.behind_ms) / 1000));
  return result.status ? kExitOk : fail(result.status.error());
}

}  // namespace

void add_simulate_command(Cli& cli) {
  CLI::App* command = cli.app.add_subcommand("simulate", "Send live traffic of a simulated game to a running server");
  const auto options = std::make_shared<LiveTrafficOptions>();
  add_server_options(*command, options->server, security::KeyKind::write);
  command->add_option("--rate", options->rate, "Events per second")
      ->check(CLI::Range(0.1, 100'000.0))
      ->capture_default_str();
  command->add_option("--seconds", options->seconds, "How long; 0: until Ctrl-C")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  command->add_option("--players", options->players, "Players of the game; 0: as many as the rate needs")
      ->capture_default_str();
  command->add_option("--seed", options->seed, "Another seed, another game")->capture_default_str();
  command->add_option("--connections", options->connections, "Connections at once")
      ->check(CLI::Range(1, 256))
      ->capture_default_str();
  add_examples(*command, {"gamemetrics simulate --key gm_wk_... --rate 50 --seconds 60",
                          "gamemetrics simulate --url http://127.0.0.1:9000 --rate 2000"});
  command->callback([&cli, options] { cli.chosen = [options] { return simulate(*options); }; });
}

}  // namespace gm::gamemetrics
