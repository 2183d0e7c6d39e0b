#pragma once
// Keys: made, checked, and turned into a Principal, the only thing that names a project to the rest of the code.
//
// Text form: "gm_wk_" or "gm_pk_", 26 characters of Crockford base32 (130 random bits), then a 6-character checksum of
// what is before.

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/ids.h"
#include "lib/base/random.h"
#include "lib/base/result.h"

namespace gm::security {

// What a key may do: a write key sends events and nothing else; a project key reads.
enum class KeyKind : uint8_t { write = 1, project = 2 };

struct NewKey {
  std::string text;    // shown once, never stored
  std::string hash;    // SHA-256 of the text, 32 bytes
  std::string prefix;  // first 12 characters of the text
};
NewKey make_key(KeyKind kind, Random& random);
std::string hash_key(std::string_view text);
// True when prefix, length, alphabet and checksum fit: a typing error is told without a look-up.
bool looks_like_key(std::string_view text);

struct Principal {
  ProjectId project;
  KeyKind kind = KeyKind::write;
};

struct KnownKey {
  std::string hash;
  Principal principal;
};

// All valid keys in memory. authenticate() is lock-free for callers; replace() swaps the whole set.
class KeyRing {
 public:
  explicit KeyRing(std::vector<KnownKey> keys = {});
  ~KeyRing();
  void replace(std::vector<KnownKey> keys);
  // Errors: gm-key-missing (empty text), gm-key-unknown.
  Result<Principal> authenticate(std::string_view text) const;
  // The key of "Authorization: Bearer <key>"; empty when the header has another form.
  static std::string_view bearer(std::string_view authorization_header);

 private:
  struct Set;
  std::atomic<std::shared_ptr<const Set>> set_;
};

}  // namespace gm::security
