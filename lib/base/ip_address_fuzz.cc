// What is read as an address is read again from its own text, and lies in its networks.

#include "lib/base/ip_address.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using gm::IpAddress;
  const std::string text(reinterpret_cast<const char*>(data), size);
  (void)gm::IpNetwork::parse(text);
  const auto address = IpAddress::parse(text);
  if (!address) return 0;
  const auto again = IpAddress::parse(address->to_string());
  if (!again || !(*again == *address)) __builtin_trap();
  const auto network = gm::IpNetwork::parse(address->truncated().to_string() + (address->is_v4() ? "/24" : "/48"));
  if (!network || !network->holds(*address)) __builtin_trap();
  return 0;
}
