#pragma once
// Sockets are opened here and nowhere else; lib/http adopts the descriptors.

#include <cstdint>
#include <string>

#include "lib/base/result.h"
#include "lib/io/descriptor.h"

namespace gm::io {

// Listeners that share a port have the kernel spread the connections over them. The first one asks for the port as if
// it were alone, so that it is refused when anybody listens there, even somebody who would share.
enum class PortUse : uint8_t { alone, first_of_several, one_more };

struct ListenOptions {
  PortUse port_use = PortUse::alone;
  int backlog = 4096;  // the kernel cuts it to net.core.somaxconn
};

struct Listener {
  Descriptor socket;  // non-blocking, close-on-exec
  bool ipv6 = false;
  uint16_t port = 0;  // the one taken when 0 was asked for
};

struct Connection {
  Descriptor socket;  // non-blocking, close-on-exec, TCP_NODELAY
  bool ipv6 = false;
};

// Errors: gm-net-address-invalid (no such host), gm-net-address-in-use, gm-net-refused, gm-net-timeout, gm-net-failed.
class Network {
 public:
  virtual ~Network() = default;
  virtual Result<Listener> listen(const std::string& host, uint16_t port, const ListenOptions& options) = 0;
  virtual Result<Connection> connect(const std::string& host, uint16_t port, int64_t timeout_ms) = 0;
};

class PosixNetwork final : public Network {
 public:
  Result<Listener> listen(const std::string& host, uint16_t port, const ListenOptions& options) override;
  Result<Connection> connect(const std::string& host, uint16_t port, int64_t timeout_ms) override;
};

struct Endpoint {
  std::string host;
  uint16_t port = 0;
};
// "127.0.0.1:8080", "[::1]:8080", "localhost:0". Error gm-net-address-invalid.
Result<Endpoint> parse_endpoint(const std::string& text);

}  // namespace gm::io
