#pragma once
// Brings the keys that requests are checked against up to what the metadata store holds.

#include <mutex>

#include "lib/base/clock.h"
#include "lib/base/result.h"
#include "lib/security/keys.h"
#include "lib/store/metadata_store.h"

namespace gm::gamemetrics {

// Several may ask at once (a signal, the timer): they take turns, so that a list read earlier never replaces one that
// was read later, and a key that was revoked is refused from the answer of the reload on.
class KeyReload {
 public:
  KeyReload(store::MetadataStore& metadata, security::KeyRing& keys, const Clock& clock)
      : metadata_(metadata), keys_(keys), clock_(clock) {}
  // Errors: gm-metadata-unavailable; the known keys stay valid then.
  Status run();

 private:
  store::MetadataStore& metadata_;
  security::KeyRing& keys_;
  const Clock& clock_;
  std::mutex mutex_;
};

}  // namespace gm::gamemetrics
