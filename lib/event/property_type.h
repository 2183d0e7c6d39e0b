#pragma once
// What kind of value a property has, as it came: nothing is ever coerced.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace gm::event {

// Stored; never renumber.
enum class PropertyType : uint8_t { string = 0, number = 1, boolean = 2, list = 3, object = 4, null = 5 };
inline constexpr std::array kPropertyTypes = {PropertyType::string, PropertyType::number, PropertyType::boolean,
                                              PropertyType::list,   PropertyType::object, PropertyType::null};

// "string".
std::string_view property_type_name(PropertyType type);
// nullopt: there is no such type.
std::optional<PropertyType> find_property_type(std::string_view name);

// Some of the types.
class PropertyTypes {
 public:
  constexpr PropertyTypes() = default;
  // Bits of an unknown type are left out.
  static constexpr PropertyTypes from_bits(uint8_t bits) { return PropertyTypes(bits & kAll); }
  constexpr uint8_t bits() const { return bits_; }
  constexpr bool empty() const { return bits_ == 0; }
  constexpr bool holds(PropertyType type) const { return (bits_ & bit(type)) != 0; }
  constexpr void add(PropertyType type) { bits_ |= bit(type); }
  constexpr bool operator==(const PropertyTypes&) const = default;

 private:
  constexpr explicit PropertyTypes(int bits) : bits_(static_cast<uint8_t>(bits)) {}
  static constexpr uint8_t bit(PropertyType type) { return static_cast<uint8_t>(1u << static_cast<uint8_t>(type)); }
  static constexpr int kAll = (1 << kPropertyTypes.size()) - 1;

  uint8_t bits_ = 0;
};

}  // namespace gm::event
