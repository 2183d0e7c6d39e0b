#include "lib/identity/project_access.h"

#include <gtest/gtest.h>

namespace gm::identity {
namespace {

TEST(Asker, ANumberLeadsBackToWhoeverAsks) {
  EXPECT_EQ(asker_name(3), "key:3");
  for (const int64_t id : {1, 2, 3, 1'000'000'007}) {
    EXPECT_EQ(asker_name(asker_number(id, 0)), "user:" + std::to_string(id));
    EXPECT_EQ(asker_name(asker_number(5, id)), "token:" + std::to_string(id));
    EXPECT_EQ(asker_name(asker_number(0, id)), "token:" + std::to_string(id)) << "a service's";
    EXPECT_LT(asker_number(id, 0), 0) << "no key has it";
  }
}

}  // namespace
}  // namespace gm::identity
