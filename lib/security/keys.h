#pragma once
// Keys: made, checked, and turned into a Principal, the only thing that names a project to the rest of the code.
//
// Text form: "gm_wk_", "gm_pk_" or "gm_sk_", 26 characters of Crockford base32 (130 random bits), then a 6-character
// checksum of what is before. A GameAnalytics pair has the form that those SDKs insist on: a game key of 32 letters and
// digits, which is public, and a secret key of 40, with which a game signs each request.

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

// What a key may do: a write key sends events and nothing else; a project key reads; a GameAnalytics pair sends signed
// events; a server key sends events that are believed, for it never leaves the studio's own servers. Stored; never
// renumber.
enum class KeyKind : uint8_t { write = 1, project = 2, gameanalytics = 3, server = 4 };
// "write", "project", "gameanalytics", "server".
std::string_view kind_name(KeyKind kind);

struct NewKey {
  std::string text;    // shown once, never stored
  std::string hash;    // SHA-256 of the text, 32 bytes
  std::string prefix;  // first 12 characters of the text
  std::string secret;  // of a pair only; stored as it is, for signatures cannot be checked without it
};
NewKey make_key(KeyKind kind, Random& random);
std::string hash_key(std::string_view text);
// True when the form fits (prefix, length, alphabet, checksum): a typing error is told without a look-up.
bool looks_like_key(std::string_view text);

struct Principal {
  ProjectId project;
  KeyKind kind = KeyKind::write;
  int64_t key = 0;  // its number in the metadata: what limits are kept by
};

struct KnownKey {
  std::string hash;
  Principal principal;
  std::string secret = {};                // of a pair
  std::vector<std::string> origins = {};  // rules of lib/security/origins.h; empty: any
};

// What a request shows of itself.
struct Credential {
  std::string key;
  std::string signature = {};          // HMAC-SHA256 by the pair's secret, 32 bytes; empty: not signed
  std::string_view signed_bytes = {};  // what it is of
};

// All valid keys in memory. authenticate() is lock-free for callers; replace() swaps the whole set.
class KeyRing {
 public:
  explicit KeyRing(std::vector<KnownKey> keys = {});
  ~KeyRing();
  void replace(std::vector<KnownKey> keys);
  // `origin`: the web page's that sent the request; empty: no web page did. Errors: gm-key-missing (empty text),
  // gm-key-unknown, gm-origin-not-allowed, and of a pair gm-signature-missing, gm-signature-wrong.
  Result<Principal> authenticate(const Credential& credential, std::string_view origin = {}) const;
  Result<Principal> authenticate(std::string_view text) const {
    return authenticate(Credential{std::string(text), {}, {}});
  }
  // False when no key that sends events may be used from there: what to say to a browser that asks before it shows a
  // key.
  bool lets_in(std::string_view origin) const;
  // The key of "Authorization: Bearer <key>"; empty when the header has another form.
  static std::string_view bearer(std::string_view authorization_header);

 private:
  struct Set;
  std::atomic<std::shared_ptr<const Set>> set_;
};

}  // namespace gm::security
