#pragma once
// SIGINT and SIGTERM ask for an orderly end; the second one ends the process at once with 128 + its number, as a shell
// expects.

#include <cstdint>

namespace gm::gamemetrics {

// Installs the handlers; from then on SIGPIPE is ignored too. Call once, before threads are started.
void watch_stop_signals();
// The number of the first signal; 0: none yet. Safe on any thread.
int stop_signal();
inline bool stop_requested() { return stop_signal() != 0; }
// Asks for the end as a signal would, e.g. after a fatal error.
void request_stop();
// True once per SIGHUP received since the last call.
bool take_reload_request();
// Waits until a stop is requested or `ms` have passed; true when requested. SIGHUP ends the wait early.
bool wait_for_stop(int64_t ms);

}  // namespace gm::gamemetrics
