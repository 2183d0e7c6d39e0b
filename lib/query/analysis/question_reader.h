#pragma once
// Questions from JSON: docs/reference/queries.md. Everything is bounded; every problem is collected.

#include <optional>
#include <string_view>

#include "lib/query/analysis/cells.h"
#include "lib/query/analysis/question.h"
#include "lib/query/language/object_reader.h"

namespace gm::query {

struct QuestionLimits {
  int range_days_max = 731;
};

inline constexpr size_t kQuestionBytesMax = 64 * 1024;

// The kinds there are, as in "/api/v1/query/{kind}".
const std::vector<std::string_view>& question_kinds();
bool is_question_kind(std::string_view kind);

// Nullopt when there are problems. Precondition: is_question_kind(kind).
std::optional<Question> read_question(std::string_view kind, const Json& body, const std::string& pointer,
                                      const QuestionLimits& limits, Problems& problems);

struct PlayersQuestion {
  Question question;
  Json cell;  // read when the question's coordinates are known
  PlayerPage page;
};
std::optional<PlayersQuestion> read_players_question(const Json& body, const QuestionLimits& limits,
                                                     Problems& problems);

}  // namespace gm::query
