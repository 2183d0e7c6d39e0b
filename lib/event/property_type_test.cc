#include "lib/event/property_type.h"

#include <gtest/gtest.h>

namespace gm::event {
namespace {

TEST(PropertyType, is_found_by_its_name) {
  for (const PropertyType type : kPropertyTypes) EXPECT_EQ(find_property_type(property_type_name(type)), type);
  EXPECT_EQ(property_type_name(PropertyType::list), "list");
  EXPECT_FALSE(find_property_type("array"));
  EXPECT_FALSE(find_property_type(""));
}

TEST(PropertyTypes, hold_what_was_added) {
  PropertyTypes types;
  EXPECT_TRUE(types.empty());
  types.add(PropertyType::number);
  types.add(PropertyType::null);
  EXPECT_TRUE(types.holds(PropertyType::number));
  EXPECT_FALSE(types.holds(PropertyType::string));
  EXPECT_EQ(PropertyTypes::from_bits(types.bits()), types);
  EXPECT_EQ(PropertyTypes::from_bits(0xC0 | types.bits()), types) << "bits of types of a later version";
}

}  // namespace
}  // namespace gm::event
