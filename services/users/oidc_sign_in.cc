#include "services/users/oidc_sign_in.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "lib/codec/text_codecs.h"
#include "lib/security/keys.h"
#include "lib/security/secret_text.h"
#include "lib/security/strict_json.h"
#include "services/users/email.h"

namespace gm::users {
namespace {

constexpr std::string_view kPurpose = "OIDC sign-in under way";
constexpr size_t kRandomLength = 26;    // 130 bits
constexpr size_t kVerifierLength = 52;  // RFC 7636, 4.1: 43 to 128

Error state_wrong() {
  return {"gm-oidc-state-wrong", "this sign-in was begun in another browser, or too long ago; begin again"};
}
Error account_unknown() {
  return {"gm-oidc-account-unknown", "who was signed in has no account here, and is not let in by his address"};
}

std::string url_text(std::string_view bytes) {
  std::string text = codec::base64_encode(bytes);
  std::ranges::replace(text, '+', '-');
  std::ranges::replace(text, '/', '_');
  text.resize(std::min(text.find('='), text.size()));
  return text;
}

}  // namespace

Status OidcSignIn::may_try(std::string_view from) {
  if (!settings_.on()) return Error{"gm-oidc-off", "this server signs nobody in by another"};
  if (limiter_.take(from)) return {};
  return Error{"gm-rate-limited", "too many attempts to sign in from this address; try again in a minute"};
}

Result<OidcBegun> OidcSignIn::begin(std::string_view invitation, std::string_view from) {
  if (const auto may = may_try(from); !may) return may.error();
  const UnderWay made{security::random_text(kRandomLength, d_.random), security::random_text(kRandomLength, d_.random),
                      security::random_text(kVerifierLength, d_.random), std::string(invitation)};
  auto url = d_.provider.authorization_url(made.state, made.nonce, made.verifier);
  if (!url) return url.error();
  const nlohmann::json kept = {{"state", made.state},
                               {"nonce", made.nonce},
                               {"verifier", made.verifier},
                               {"invitation", made.invitation},
                               {"expires_ms", d_.clock.now_ms() + kOidcSignInMs}};
  return OidcBegun{std::move(*url), url_text(d_.seal.close(kept.dump(), kPurpose))};
}

Result<OidcSignIn::UnderWay> OidcSignIn::open(std::string_view cookie, std::string_view state) const {
  const auto sealed = security::strict_base64url(cookie);
  if (!sealed) return state_wrong();
  const auto text = d_.seal.open(*sealed, kPurpose);
  if (!text) return state_wrong();
  const auto kept = nlohmann::json::parse(*text);  // nobody else can have sealed it
  // Both sides are hashed, so that the time of the comparison tells nothing about the state.
  if (security::hash_key(kept.at("state").get<std::string>()) != security::hash_key(state) ||
      kept.at("expires_ms").get<int64_t>() <= d_.clock.now_ms())
    return state_wrong();
  return UnderWay{kept.at("state"), kept.at("nonce"), kept.at("verifier"), kept.at("invitation")};
}

Result<LoginAnswer> OidcSignIn::finish(std::string_view cookie, const OidcReturn& returned, const LoginOrigin& origin) {
  if (const auto may = may_try(origin.from); !may) return may.error();
  const auto under_way = open(cookie, returned.state);
  if (!under_way) return under_way.error();
  if (!returned.issuer.empty() && returned.issuer != settings_.issuer)
    return Error{"gm-oidc-refused", "another provider has answered"};
  if (!returned.error.empty() || returned.code.empty())
    return Error{"gm-oidc-refused", "the provider did not sign you in"};
  const auto claims = d_.provider.exchange(returned.code, under_way->verifier, under_way->nonce);
  if (!claims) return claims.error();
  std::optional<identity::Invitation> invited;
  if (!under_way->invitation.empty()) {
    auto found = d_.store.invitation_of(security::hash_key(under_way->invitation));
    if (!found) return found.error();
    if (*found && !(*found)->ended_ms && d_.clock.now_ms() < (*found)->expires_ms) invited = std::move(*found);
  }
  const auto user = account(*claims, invited, origin);
  if (!user) return user.error();
  // An invitation is for an address: whoever signs in as somebody else does not take it.
  const bool takes = invited && invited->email == user->email;
  auto answer = d_.sign_in.proven(*user, origin, takes ? invited->id : 0);
  if (!answer || !takes || std::holds_alternative<Challenge>(*answer)) return answer;
  if (auto taken = d_.memberships.take(invited->id, user->id, origin.from); !taken) return taken.error();
  return answer;
}

Result<identity::User> OidcSignIn::account(const security::IdClaims& claims,
                                           const std::optional<identity::Invitation>& invited,
                                           const LoginOrigin& origin) {
  auto linked = d_.store.federated_user({settings_.issuer, claims.subject});
  if (!linked) return linked.error();
  if (*linked) return (*linked)->disabled_ms ? Result<identity::User>(account_unknown()) : std::move(**linked);
  const auto email = normal_email(claims.email);
  if (!email) return account_unknown();
  const bool allowed = settings_.allows(*email);
  auto there = d_.store.user_of(*email);
  if (!there) return there.error();
  if (!*there) {
    const bool by_invitation = invited && invited->email == *email;
    const bool by_domain = allowed && settings_.default_role;
    if (!by_invitation && !by_domain) return account_unknown();
    return new_account(claims, *email, by_domain, origin);
  }
  // The provider's word about an address is taken for domains that are the studio's own, and for no others.
  if (!allowed || (*there)->disabled_ms) return account_unknown();
  const std::string object = "user:" + std::to_string((*there)->id);
  const auto done = d_.store.link_federated(
      (*there)->id, {settings_.issuer, claims.subject},
      audit_entry({object, std::string(origin.from)}, 0, d_.clock.now_ms(),
                  {"user.linked", object, "", nlohmann::ordered_json{{"issuer", settings_.issuer}}.dump()}));
  if (!done) return done.error();
  return std::move(**there);
}

Result<identity::User> OidcSignIn::new_account(const security::IdClaims& claims, const std::string& email, bool member,
                                               const LoginOrigin& origin) {
  std::optional<identity::Membership> membership;
  nlohmann::ordered_json after = {{"email", email}, {"name", claims.name}, {"issuer", settings_.issuer}};
  if (member) {
    membership = identity::Membership{settings_.organisation, *settings_.default_role, false};
    after["organisation"] = settings_.organisation;
    after["role"] = identity::role_name(*settings_.default_role);
  }
  return d_.store.create_federated_user(
      {0, email, claims.name.substr(0, kNameBytesMax), "", 0, {}}, {settings_.issuer, claims.subject}, membership,
      audit_entry({"provider", std::string(origin.from)}, 0, d_.clock.now_ms(),
                  {"user.created", "user:", "", after.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace)}));
}

}  // namespace gm::users
