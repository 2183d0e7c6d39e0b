#pragma once
// Private to this folder: parts of questions as the behaviour index is asked them.

#include <optional>
#include <vector>

#include "lib/behavior/scan.h"
#include "lib/query/analysis/question.h"

namespace gm::query {

// None: the index does not keep the field.
std::optional<behavior::Dimension> dimension_of(const Field& field);

// The condition as tests that all have to hold; none when the index cannot tell whether it holds.
std::optional<std::vector<behavior::AttributeTest>> tests_of(const std::optional<Predicate>& condition);

// The events that the choice names and `filter` lets through; none when a condition cannot be told.
std::optional<behavior::EventSelector> selector_of(const EventChoice& choice, const std::optional<Predicate>& filter);

}  // namespace gm::query
