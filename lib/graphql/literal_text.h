#pragma once
// Private to this folder: a literal as text, in one form for all ways to write it.

#include <string>

#include "lib/graphql/ast.h"

namespace gm::graphql {

std::string literal_text(const ast::Value& literal);

}  // namespace gm::graphql
