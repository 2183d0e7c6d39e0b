// The embedded log under many producers, beside the least any durable log could do: one thread that checksums, writes
// and syncs the same bytes, without a queue. Both alternate in one run, since only ratios from one run mean anything on
// a shared machine.
//
// usage: log_bench [seconds per round] [rounds] [producers] [events per frame] [directory]

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "adapters/embedded/event_log.h"
#include "lib/codec/crc32c.h"
#include "lib/telemetry/metrics.h"

namespace {

using Steady = std::chrono::steady_clock;

constexpr size_t kEventBytes = 377;
constexpr size_t kHeaderBytes = 40;
constexpr uint64_t kSegmentBytes = 128ull << 20;

struct Options {
  double seconds = 4;
  int rounds = 3;
  int producers = 64;
  uint32_t events = 100;
  std::string directory = "log_bench_data";
};

struct Figures {
  double events_per_second = 0;
  double cpu_per_million = 0;
  double p50_ms = 0;
  double p99_ms = 0;
  double frames_per_sync = 0;
  double producers_cpu_per_million = 0;  // making a copy of the payload, its checksum, being woken
};

double cpu_seconds(int who = RUSAGE_SELF) {
  rusage usage{};
  getrusage(who, &usage);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) * 1e-6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

double seconds_since(Steady::time_point start) { return std::chrono::duration<double>(Steady::now() - start).count(); }

std::string frame_payload(const Options& options) {
  std::string payload;
  for (size_t i = 0; payload.size() < options.events * kEventBytes; ++i)
    payload += "{\"event\":\"level_start\",\"n\":" + std::to_string(i) + "}";
  payload.resize(options.events * kEventBytes);
  return payload;
}

double quantile(std::vector<double>& sorted, double q) {
  return sorted.empty() ? 0 : sorted[static_cast<size_t>(q * static_cast<double>(sorted.size() - 1))];
}

Figures run_yardstick(const Options& options, const std::string& payload) {
  const std::string folder = options.directory + "/yardstick";
  std::filesystem::create_directories(folder);
  std::string buffer;
  std::vector<double> latencies;
  uint64_t frames = 0;
  uint64_t position = 0;
  int fd = -1;
  int files = 0;  // kept, as the log keeps its segments: rewriting one file would only meet warm pages
  const double cpu = cpu_seconds();
  const auto start = Steady::now();
  while (seconds_since(start) < options.seconds) {
    const auto began = Steady::now();
    buffer.clear();
    for (int i = 0; i < options.producers; ++i) {
      const uint32_t crc = gm::codec::crc32c(0, payload);
      buffer.append(kHeaderBytes, static_cast<char>(crc));
      buffer.append(payload);
    }
    if (fd < 0 || position + buffer.size() > kSegmentBytes) {
      if (fd >= 0) close(fd);
      fd = open((folder + "/" + std::to_string(files++)).c_str(), O_CREAT | O_TRUNC | O_RDWR, 0600);
      position = 0;
    }
    const ssize_t n = pwrite(fd, buffer.data(), buffer.size(), static_cast<off_t>(position));
    if (n != static_cast<ssize_t>(buffer.size()) || fdatasync(fd) != 0) {
      std::perror("yardstick");
      std::exit(1);
    }
    position += buffer.size();
    frames += static_cast<uint64_t>(options.producers);
    latencies.push_back(seconds_since(began) * 1000);
  }
  const double elapsed = seconds_since(start);
  const double events = static_cast<double>(frames) * options.events;
  const double used = cpu_seconds() - cpu;
  close(fd);
  std::filesystem::remove_all(folder);
  std::sort(latencies.begin(), latencies.end());
  return {events / elapsed,
          used / events * 1e6,
          quantile(latencies, 0.5),
          quantile(latencies, 0.99),
          static_cast<double>(options.producers),
          0};
}

// A producer waits for its answer before it sends the next frame, as an HTTP connection does. A plain condition
// variable: std::atomic's wait spins with sched_yield first, which costs more than the log.
struct Producer {
  std::mutex mutex;
  std::condition_variable answered;
  int answers = 0;
  std::vector<double> latencies;
  double cpu = 0;

  void run(gm::log::EventLog& log, const Options& options, const std::string& payload, const std::atomic<bool>& stop) {
    while (!stop) {
      const auto began = Steady::now();
      log.append(gm::log::Topic::events_raw, 0, payload, options.events, [this](gm::Result<gm::log::Offset> r) {
        if (!r.ok()) {
          std::fprintf(stderr, "%s: %s\n", r.error().code.c_str(), r.error().message.c_str());
          std::_Exit(1);
        }
        const std::lock_guard guard(mutex);
        ++answers;
        answered.notify_one();
      });
      std::unique_lock guard(mutex);
      answered.wait(guard, [&] { return answers > 0; });
      answers = 0;
      latencies.push_back(seconds_since(began) * 1000);
    }
    cpu = cpu_seconds(RUSAGE_THREAD);
  }
};

Figures run_log(const Options& options, const std::string& payload) {
  gm::io::PosixFileSystem files;
  gm::SystemClock clock;
  gm::telemetry::Registry registry;
  gm::embedded::LogSettings settings;
  settings.directory = options.directory + "/log";
  auto opened = gm::embedded::EmbeddedLog::open(settings, files, clock, &registry);
  if (!opened) {
    std::fprintf(stderr, "%s: %s\n", opened.error().code.c_str(), opened.error().message.c_str());
    std::exit(1);
  }
  gm::embedded::EmbeddedLog& log = **opened;
  std::atomic<bool> stop{false};
  std::vector<Producer> producers(static_cast<size_t>(options.producers));
  std::vector<std::thread> threads;
  const double cpu = cpu_seconds();
  const auto start = Steady::now();
  for (Producer& producer : producers) threads.emplace_back([&] { producer.run(log, options, payload, stop); });
  while (seconds_since(start) < options.seconds) std::this_thread::sleep_for(std::chrono::milliseconds(10));
  stop = true;
  for (auto& thread : threads) thread.join();
  const double elapsed = seconds_since(start);
  const double used = cpu_seconds() - cpu;
  const auto events = static_cast<double>(log.end(gm::log::Topic::events_raw, 0));
  const std::string exposed = registry.expose();
  const std::string count = "gamemetrics_log_commit_duration_seconds_count ";
  const double commits = std::atof(exposed.c_str() + exposed.find(count) + count.size());
  log.close();
  std::filesystem::remove_all(settings.directory);
  std::vector<double> all;
  double producers_cpu = 0;
  for (Producer& one : producers) {
    all.insert(all.end(), one.latencies.begin(), one.latencies.end());
    producers_cpu += one.cpu;
  }
  std::sort(all.begin(), all.end());
  return {events / elapsed,
          used / events * 1e6,
          quantile(all, 0.5),
          quantile(all, 0.99),
          events / options.events / commits,
          producers_cpu / events * 1e6};
}

void print(const char* name, const Figures& f) {
  std::printf(
      "%-10s events/s=%9.0f  p50_ms=%6.2f  p99_ms=%7.2f  cpu_s_per_million=%.3f  frames_per_sync=%.1f  "
      "producers_cpu=%.3f\n",
      name, f.events_per_second, f.p50_ms, f.p99_ms, f.cpu_per_million, f.frames_per_sync, f.producers_cpu_per_million);
  std::fflush(stdout);
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  if (argc > 1) options.seconds = std::atof(argv[1]);
  if (argc > 2) options.rounds = std::atoi(argv[2]);
  if (argc > 3) options.producers = std::atoi(argv[3]);
  if (argc > 4) options.events = static_cast<uint32_t>(std::atoi(argv[4]));
  if (argc > 5) options.directory = argv[5];
  std::filesystem::create_directories(options.directory);
  const std::string payload = frame_payload(options);
  std::vector<double> log_cpu, ratio_cpu, ratio_rate;
  for (int round = 0; round < options.rounds; ++round) {
    const Figures yardstick = run_yardstick(options, payload);
    print("yardstick", yardstick);
    const Figures log = run_log(options, payload);
    print("log", log);
    log_cpu.push_back(log.cpu_per_million);
    ratio_cpu.push_back(log.cpu_per_million / yardstick.cpu_per_million);
    ratio_rate.push_back(log.events_per_second / yardstick.events_per_second);
  }
  std::filesystem::remove_all(options.directory);
  std::printf("median     log cpu_s_per_million=%.3f  log/yardstick: cpu=%.2f  events/s=%.2f\n", median(log_cpu),
              median(ratio_cpu), median(ratio_rate));
  return 0;
}
