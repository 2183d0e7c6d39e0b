#include "bench/measure_bench.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <vector>

#include "lib/base/clock.h"

namespace gm::bench {

double cpu_ms(clockid_t clock) {
  timespec t{};
  clock_gettime(clock, &t);
  return static_cast<double>(t.tv_sec) * 1e3 + static_cast<double>(t.tv_nsec) / 1e6;
}

double memory_mib(std::string_view field) {
  std::FILE* file = std::fopen("/proc/self/status", "r");
  double kib = 0;
  for (char line[256]; file != nullptr && std::fgets(line, sizeof line, file) != nullptr;) {
    if (std::string_view(line).starts_with(field)) kib = std::strtod(line + field.size() + 1, nullptr);
  }
  if (file != nullptr) std::fclose(file);
  return kib / 1024;
}

Measured measure(std::string_view name, const std::function<void()>& work, int runs) {
  const SystemClock clock;
  work();
  std::vector<double> wall, cpu;
  for (int i = 0; i < runs; ++i) {
    const double cpu_before = cpu_ms();
    const int64_t before = clock.monotonic_ns();
    work();
    wall.push_back(static_cast<double>(clock.monotonic_ns() - before) / 1e6);
    cpu.push_back(cpu_ms() - cpu_before);
  }
  std::sort(wall.begin(), wall.end());
  std::sort(cpu.begin(), cpu.end());
  const Measured measured{wall[wall.size() / 2], wall.back(), cpu[cpu.size() / 2]};
  fmt::print("{:<52} median {:>8.2f} ms  p95 {:>8.2f} ms  cpu {:>8.2f} ms\n", name, measured.median_ms, measured.p95_ms,
             measured.cpu_ms);
  std::fflush(stdout);
  return measured;
}

int run_on_directory(std::string_view name, int count, char** arguments,
                     const std::function<int(const std::string& directory, int64_t events)>& run) {
  if (count < 2) {
    fmt::print(stderr, "usage: {} <directory> [events]\n", name);
    return 2;
  }
  return run(arguments[1], count > 2 ? std::strtoll(arguments[2], nullptr, 10) : 20'000'000);
}

void stop(std::string_view what) {
  fmt::print(stderr, "{}\n", what);
  std::exit(1);
}

}  // namespace gm::bench
