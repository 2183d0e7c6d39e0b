#include "cmd/gamemetrics/import_state.h"

#include <gtest/gtest.h>

#include "lib/io/faulty_file.h"

namespace gm::gamemetrics {
namespace {

TEST(Watermark, moves_only_over_what_is_answered_without_a_gap) {
  Watermark mark(100);
  const auto a = mark.begin(200), b = mark.begin(300), c = mark.begin(400);
  mark.done(b);
  EXPECT_EQ(mark.rows(), 100u);
  mark.done(a);
  EXPECT_EQ(mark.rows(), 300u);
  mark.done(c);
  EXPECT_EQ(mark.rows(), 400u);
}

TEST(ImportState, is_found_again_and_belongs_to_one_import) {
  io::FaultyFileSystem files;
  EXPECT_EQ(load_import_state(files, "f.import-state", "me")->rows, 0u);
  ASSERT_TRUE(save_import_state(files, "f.import-state", {"me", 1234}).ok());
  EXPECT_EQ(load_import_state(files, "f.import-state", "me")->rows, 1234u);
  EXPECT_EQ(load_import_state(files, "f.import-state", "other").error().code, "gm-import-state-foreign");
}

}  // namespace
}  // namespace gm::gamemetrics
