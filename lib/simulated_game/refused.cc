#include "lib/simulated_game/refused.h"

#include <fmt/format.h>

#include <array>
#include <iterator>

#include "lib/base/time.h"

namespace gm::simulated_game {
namespace {

struct RefusedKind {
  std::string_view reason;
  std::string_view form;  // {0}: serial number, {1}: time
};

constexpr std::array kKinds = {
    RefusedKind{"player_id_missing",
                R"({{"event_id":"refused-{0}","event":"level_start","time":"{1}","properties":{{"level":3}}}})"},
    RefusedKind{"player_id_refused",
                R"({{"event_id":"refused-{0}","event":"level_start","player_id":"null","time":"{1}"}})"},
    RefusedKind{"event_name_missing", R"({{"event_id":"refused-{0}","player_id":"p-bad","time":"{1}"}})"},
    RefusedKind{"event_time_invalid",
                R"({{"event_id":"refused-{0}","event":"level_start","player_id":"p-bad","time":"yesterday"}})"},
    RefusedKind{
        "properties_invalid",
        R"({{"event_id":"refused-{0}","event":"level_start","player_id":"p-bad","time":"{1}","properties":[{0}]}})"},
    RefusedKind{"revenue_invalid", R"({{"event_id":"refused-{0}","event":"purchase","player_id":"p-bad","time":"{1}",)"
                                   R"("revenue":{{"amount":"much","currency":"USD"}}}})"},
};

}  // namespace

int refused_kinds() { return static_cast<int>(kKinds.size()); }

std::string_view refused_reason(int kind) { return kKinds[static_cast<size_t>(kind)].reason; }

void render_refused(int kind, uint64_t serial, int64_t time_ms, std::string& out) {
  fmt::format_to(std::back_inserter(out), fmt::runtime(kKinds[static_cast<size_t>(kind)].form), serial,
                 format_iso8601(time_ms));
}

}  // namespace gm::simulated_game
