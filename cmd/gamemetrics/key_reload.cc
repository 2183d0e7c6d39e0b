#include "cmd/gamemetrics/key_reload.h"

#include "cmd/gamemetrics/first_start.h"

namespace gm::gamemetrics {

Status KeyReload::run() {
  const std::lock_guard turn(mutex_);
  auto valid = valid_keys(metadata_, clock_.now_ms());
  if (!valid) return valid.error();
  keys_.replace(std::move(*valid));
  return {};
}

}  // namespace gm::gamemetrics
