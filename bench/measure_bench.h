#pragma once
// For the benchmarks of queries: one way to measure, one to stop.

#include <cstdint>
#include <cstdlib>
#include <ctime>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include "lib/base/result.h"

namespace gm::bench {

inline constexpr int kRuns = 9;

// CPU time of the process, or of what the clock belongs to.
double cpu_ms(clockid_t clock = CLOCK_PROCESS_CPUTIME_ID);
// A field of /proc/self/status such as "VmHWM", in MiB.
double memory_mib(std::string_view field);

struct Measured {  // of some runs after a first one that does not count
  double median_ms = 0, p95_ms = 0;
  double cpu_ms = 0;  // median, of the process
};
// Prints a line, too.
Measured measure(std::string_view name, const std::function<void()>& work, int runs = kRuns);

// The `main` of a benchmark that is told a directory and a number of events (20 million unless told): its exit code.
int run_on_directory(std::string_view name, int count, char** arguments,
                     const std::function<int(const std::string& directory, int64_t events)>& run);

// Ends the program with 1.
[[noreturn]] void stop(std::string_view what);

inline void check(const Status& status) {
  if (!status) stop(status.error().message);
}
template <typename T>
T checked(Result<T> result) {
  if (!result) stop(result.error().message);
  return std::move(result).value();
}

}  // namespace gm::bench
