#pragma once
// Addresses and networks of the Internet Protocol, as values. An IPv4 address inside IPv6 (::ffff:192.0.2.1) is the
// IPv4 address.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace gm {

class IpAddress {
 public:
  // "192.0.2.1", "2001:db8::1"; also with a port, as proxies write them: "192.0.2.1:4711", "[2001:db8::1]:4711", and
  // with a zone, which is left out. nullopt: anything else.
  static std::optional<IpAddress> parse(std::string_view text);

  bool is_v4() const { return is_v4_; }
  // RFC 5952.
  std::string to_string() const;
  // Its network of /24 (IPv4) or /48 (IPv6): names some household's neighbourhood, no longer the household.
  IpAddress truncated() const;
  // The first `bits`, the others 0.
  IpAddress prefix(int bits) const;
  friend bool operator==(const IpAddress&, const IpAddress&) = default;

 private:
  bool is_v4_ = true;
  std::array<uint8_t, 16> bytes_{};  // IPv4: the first four
};

// "10.0.0.0/8", "2001:db8::/32"; a single address is the network of itself.
class IpNetwork {
 public:
  // nullopt when it is none, or when bits behind the prefix are set.
  static std::optional<IpNetwork> parse(std::string_view text);
  bool holds(const IpAddress& address) const;

 private:
  IpAddress first_;
  int bits_ = 0;
};

}  // namespace gm
