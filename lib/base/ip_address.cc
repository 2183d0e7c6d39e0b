#include "lib/base/ip_address.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>

namespace gm {
namespace {

constexpr int kV4Bits = 32;
constexpr int kV6Bits = 128;
constexpr int kTruncatedV4Bits = 24;
constexpr int kTruncatedV6Bits = 48;
constexpr std::array<uint8_t, 12> kMapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};

bool is_port(std::string_view text) {
  return !text.empty() && text.size() <= 5 &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// Without port, brackets and zone; empty when these are not as they should be.
std::string_view bare(std::string_view text) {
  if (text.starts_with('[')) {
    const size_t end = text.find(']');
    if (end == std::string_view::npos) return {};
    const std::string_view behind = text.substr(end + 1);
    if (!behind.empty() && (behind.front() != ':' || !is_port(behind.substr(1)))) return {};
    text = text.substr(1, end - 1);
  } else if (const size_t colon = text.find(':'); colon != std::string_view::npos && colon == text.rfind(':')) {
    if (!is_port(text.substr(colon + 1))) return {};
    text = text.substr(0, colon);
  }
  return text.substr(0, text.find('%'));
}

}  // namespace

std::optional<IpAddress> IpAddress::parse(std::string_view text) {
  const std::string_view plain = bare(text);
  std::array<char, INET6_ADDRSTRLEN> copy{};
  if (plain.empty() || plain.size() >= copy.size()) return std::nullopt;
  std::copy(plain.begin(), plain.end(), copy.begin());
  IpAddress found;
  if (inet_pton(AF_INET, copy.data(), found.bytes_.data()) == 1) return found;
  if (inet_pton(AF_INET6, copy.data(), found.bytes_.data()) != 1) return std::nullopt;
  found.is_v4_ = std::equal(kMapped.begin(), kMapped.end(), found.bytes_.begin());
  if (!found.is_v4_) return found;
  std::copy(found.bytes_.begin() + kMapped.size(), found.bytes_.end(), found.bytes_.begin());
  std::fill(found.bytes_.begin() + 4, found.bytes_.end(), uint8_t{0});
  return found;
}

std::string IpAddress::to_string() const {
  std::array<char, INET6_ADDRSTRLEN> text{};
  inet_ntop(is_v4_ ? AF_INET : AF_INET6, bytes_.data(), text.data(), text.size());
  return text.data();
}

IpAddress IpAddress::truncated() const { return prefix(is_v4_ ? kTruncatedV4Bits : kTruncatedV6Bits); }

IpAddress IpAddress::prefix(int bits) const {
  IpAddress cut = *this;
  for (int at = 0; at < static_cast<int>(bytes_.size()); ++at) {
    const int kept = std::clamp(bits - at * 8, 0, 8);
    auto& byte = cut.bytes_[static_cast<size_t>(at)];
    byte = static_cast<uint8_t>(byte & (0xFF00 >> kept));
  }
  return cut;
}

std::optional<IpNetwork> IpNetwork::parse(std::string_view text) {
  const size_t slash = text.find('/');
  const auto address = IpAddress::parse(text.substr(0, slash));
  if (!address) return std::nullopt;
  IpNetwork network;
  network.first_ = *address;
  const int bits_max = address->is_v4() ? kV4Bits : kV6Bits;
  network.bits_ = bits_max;
  if (slash != std::string_view::npos) {
    const std::string_view bits = text.substr(slash + 1);
    const auto [end, error] = std::from_chars(bits.data(), bits.data() + bits.size(), network.bits_);
    if (error != std::errc{} || end != bits.data() + bits.size()) return std::nullopt;
  }
  if (network.bits_ < 0 || network.bits_ > bits_max) return std::nullopt;
  if (!(address->prefix(network.bits_) == *address)) return std::nullopt;
  return network;
}

bool IpNetwork::holds(const IpAddress& address) const {
  return address.is_v4() == first_.is_v4() && address.prefix(bits_) == first_;
}

}  // namespace gm
