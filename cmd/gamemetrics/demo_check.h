#pragma once
// Compares every number that the API answers with the truth of the simulated game.

#include <cstdint>
#include <string>
#include <vector>

#include "cmd/gamemetrics/api_client.h"
#include "lib/base/result.h"
#include "lib/simulated_game/truth.h"

namespace gm::gamemetrics {

struct ComparedNumbers {
  std::string what;  // "dau"
  uint64_t compared = 0;
  uint64_t different = 0;
  std::string first_difference;  // "2026-11-01: 12 instead of 13"
};

// Errors: a question that the API did not answer.
Result<std::vector<ComparedNumbers>> compare_with_truth(ApiClient& api, const simulated_game::Truth& truth);

std::string render_comparison(const std::vector<ComparedNumbers>& rows);
uint64_t differences(const std::vector<ComparedNumbers>& rows);

}  // namespace gm::gamemetrics
