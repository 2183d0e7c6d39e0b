#include "services/users/tokens.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "lib/security/keys.h"
#include "lib/security/secret_text.h"
#include "services/users/credentials.h"

namespace gm::users {

using identity::Token;

Result<NewToken> Tokens::create(std::string_view prefix, Token token, const WantedToken& wanted, const Actor& actor) {
  const int64_t now = clock_.now_ms();
  std::string secret = security::make_secret_text(prefix, random_);
  token.name = wanted.name;
  token.hash = security::hash_key(secret);
  token.prefix = security::shown_prefix(secret);
  token.scopes = wanted.scopes;
  const int64_t longest = settings_.token_lifetime_max_ms;
  token.expires_ms = now + std::clamp<int64_t>(wanted.lifetime_ms.value_or(longest), 1, longest);
  nlohmann::ordered_json after = {{"name", token.name}, {"prefix", token.prefix}, {"scopes", nlohmann::json::array()}};
  for (const identity::Action action : token.scopes) after["scopes"].push_back(identity::action_name(action));
  const int64_t organisation = token.organisation;
  auto made = store_.create_token(std::move(token),
                                  audit_entry(actor, organisation, now, {"token.created", "token:", "", after.dump()}));
  if (!made) return made.error();
  return NewToken{std::move(*made), std::move(secret)};
}

Status Tokens::revoke(int64_t user, int64_t organisation, int64_t token, const Actor& actor) {
  const auto all = store_.tokens(user, organisation);
  if (!all) return all.error();
  // Somebody else's is as unknown as one that never was.
  if (std::ranges::find(*all, token, &Token::id) == all->end())
    return Error{"gm-token-unknown", "there is no such token"};
  return store_.revoke_token(token, audit_entry(actor, organisation, clock_.now_ms(),
                                                {"token.revoked", fmt::format("token:{}", token), "", ""}));
}

Result<NewToken> Tokens::create_personal(const Caller& caller, const WantedToken& wanted) {
  Token token;
  token.user = caller.user;
  return create(kPersonalPrefix, std::move(token), wanted, caller.actor());
}

Status Tokens::revoke_personal(const Caller& caller, int64_t token) {
  return revoke(caller.user, 0, token, caller.actor());
}

Result<NewToken> Tokens::create_service(const Grantor& grantor, int64_t organisation, identity::Role role,
                                        const WantedToken& wanted) {
  if (!grantor.may_give(role) || !std::ranges::all_of(wanted.scopes, grantor.may))
    return right_missing("nobody gives a service more rights than his own");
  Token token;
  token.organisation = organisation;
  token.role = role;
  return create(kServicePrefix, std::move(token), wanted, grantor.actor);
}

Status Tokens::revoke_service(const Grantor& grantor, int64_t organisation, int64_t token) {
  return revoke(0, organisation, token, grantor.actor);
}

}  // namespace gm::users
