#include "cmd/gamemetrics/exit_codes.h"

#include <array>
#include <string_view>

#include "cmd/gamemetrics/console.h"

namespace gm::gamemetrics {
namespace {

struct Row {
  std::string_view prefix;  // of the error code; the longest match counts, so the table goes from narrow to wide
  int exit_code;
};

constexpr std::array kRows = {
    Row{"gm-config-", kExitConfig},
    Row{"gm-time-zone-", kExitConfig},
    Row{"gm-tls-", kExitConfig},
    Row{"gm-mapping-", kExitConfig},
    Row{"gm-rates-", kExitConfig},
    Row{"gm-io-locked", kExitUnavailable},
    Row{"gm-log-locked", kExitUnavailable},
    Row{"gm-store-locked", kExitUnavailable},
    Row{"gm-data-dir-in-use", kExitUnavailable},
    Row{"gm-io-", kExitIo},
    Row{"gm-log-", kExitIo},
    Row{"gm-store-", kExitIo},
    Row{"gm-metadata-", kExitIo},
    Row{"gm-net-address-invalid", kExitConfig},
    Row{"gm-net-", kExitUnavailable},
    Row{"gm-http-client-failed", kExitUnavailable},
    Row{"gm-server-unreachable", kExitUnavailable},
    Row{"gm-overloaded", kExitUnavailable},
    Row{"gm-internal", kExitInternal},
    Row{"gm-usage-", kExitUsage},
    Row{"gm-origin-invalid", kExitUsage},
};

}  // namespace

int exit_code_for(const Error& error) {
  for (const Row& row : kRows) {
    if (std::string_view(error.code).substr(0, row.prefix.size()) == row.prefix) return row.exit_code;
  }
  return kExitFailure;
}

int fail(const Error& error) {
  say("{}error:{} {} ({})", colour(Colour::red), colour(Colour::none), error.message, error.code);
  return exit_code_for(error);
}

}  // namespace gm::gamemetrics
