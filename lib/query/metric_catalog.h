#pragma once
// Private to this folder: the rows of the catalogue, by subject.

#include <vector>

#include "lib/query/metric.h"

namespace gm::query {

inline constexpr std::string_view kCalendarDay = "calendar day";

std::vector<Metric> player_metrics();
std::vector<Metric> activity_metrics();
std::vector<Metric> money_metrics();
std::vector<Metric> game_metrics();

}  // namespace gm::query
