#pragma once
// Events that no server should count, each with the reason it must be refused for.

#include <cstdint>
#include <string>
#include <string_view>

namespace gm::simulated_game {

int refused_kinds();
// The reason that the server gives, e.g. player_id_missing.
std::string_view refused_reason(int kind);
// Appends one JSON object; `serial` makes it different from the others.
void render_refused(int kind, uint64_t serial, int64_t time_ms, std::string& out);

}  // namespace gm::simulated_game
