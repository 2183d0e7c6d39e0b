#pragma once
// Private to this folder: which engine answers a question. The rules are one table, in planner.cc.

#include <span>
#include <string_view>

#include "lib/base/result.h"
#include "lib/query/analysis/question.h"

namespace gm::query {

// Why SQL answers: stable words, which explanations and metrics show.
struct EngineRule {
  std::string_view reason;
  std::string_view text;  // for docs/reference/queries.md, which is held against it
  // Null: known only when the index is asked.
  bool (*needs_sql)(const Question& question) = nullptr;
};

inline constexpr std::string_view kIndexOff = "off";

// In the order in which they are asked.
std::span<const EngineRule> engine_rules();

// The first rule's reason that sends the question to SQL; empty: the index can answer it.
std::string_view needs_sql(const Question& question);

// The reason for an error of the index; empty when it is none of its own.
std::string_view reason_of(const Error& error);

}  // namespace gm::query
