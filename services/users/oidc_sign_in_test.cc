#include "services/users/oidc_sign_in.h"

#include <algorithm>

#include "lib/codec/text_codecs.h"
#include "lib/security/keys.h"
#include "lib/security/token_signer_test.h"
#include "services/users/users_fixture_test.h"

namespace gm::users {
namespace {

using identity::Role;
using Json = nlohmann::ordered_json;

// A provider that answers as it is told to, in the same process.
class FakeProvider {
 public:
  Result<http::ClientResponse> operator()(const std::string& url, const http::ClientHeaders& headers,
                                          const std::optional<std::string>& body) {
    const auto answer = [](int status, const std::string& text) { return http::ClientResponse{status, {}, text}; };
    asked.push_back(url);
    if (away) return Error{"gm-http-client-failed", "no connection"};
    if (url == "https://id.example/.well-known/openid-configuration") return answer(200, document.dump());
    if (url == "https://id.example/keys") {
      Json set;
      set["keys"] = published;
      return answer(200, set.dump());
    }
    if (url == "https://id.example/me") return answer(200, userinfo.dump());
    shown = body.value_or("");
    authorization.clear();
    for (const auto& [name, value] : headers) {
      if (name == "Authorization") authorization = value;
    }
    return answer(token_status, token_answer.dump());
  }
  int64_t times(std::string_view url) const { return std::ranges::count(asked, url); }

  Json document = {{"issuer", "https://id.example"},
                   {"authorization_endpoint", "https://id.example/auth"},
                   {"token_endpoint", "https://id.example/token"},
                   {"jwks_uri", "https://id.example/keys"}};
  std::vector<Json> published;
  Json token_answer, userinfo;
  int token_status = 200;
  bool away = false;
  std::vector<std::string> asked;
  std::string shown, authorization;
};

class OidcTest : public UsersTest {
 protected:
  void SetUp() override {
    UsersTest::SetUp();
    oidc.issuer = "https://id.example";
    oidc.client_id = "gamemetrics";
    oidc.client_secret = "s3cret:+";
    oidc.public_url = "https://metrics.example";
    oidc.allowed_domains = {"x.example"};
    oidc.organisation = 1;
    provider.published = {signer.jwk()};
    claims = {{"iss", "https://id.example"}, {"aud", "gamemetrics"},   {"sub", "ada-1"},
              {"email", "Ada@X.example"},    {"email_verified", true}, {"name", "Ada"}};
  }
  OidcSignIn& flow() {
    if (!made_flow) {
      made_provider = std::make_unique<OidcProvider>(
          oidc, clock,
          [this](const auto& url, const auto& headers, const auto& body) { return provider(url, headers, body); });
      memberships =
          std::make_unique<Memberships>(Memberships::Dependencies{*store, passwords, clock, random}, settings);
      made_flow = std::make_unique<OidcSignIn>(
          OidcSignIn::Dependencies{*store, sign_in(), *memberships, *made_provider, seal, clock, random}, oidc, 100);
    }
    return *made_flow;
  }
  OidcBegun begun(const std::string& invitation = "") { return *flow().begin(invitation, "192.0.2.1"); }
  static std::string parameter(const OidcBegun& begun, std::string_view name) {
    return codec::form_value(begun.url.substr(begun.url.find('?') + 1), name).value_or("");
  }
  // What comes of a sign-in at the provider that was begun so.
  Result<LoginAnswer> finished(const OidcBegun& by) {
    Json told = claims;
    if (!told.contains("nonce")) told["nonce"] = parameter(by, "nonce");
    told["iat"] = clock.now_ms() / 1000;
    told["exp"] = clock.now_ms() / 1000 + 60;
    provider.token_answer = {{"access_token", "a"}, {"token_type", "Bearer"}};
    provider.token_answer["id_token"] = signer.token(signer.header().dump(), told.dump());
    return flow().finish(by.cookie, {"the code", parameter(by, "state"), returned_issuer, ""},
                         {"192.0.2.1", "a browser"});
  }
  std::string code_of(const Result<LoginAnswer>& done) {
    if (!done) return done.error().code;
    return std::holds_alternative<SignedIn>(*done) ? "ok" : "challenged";
  }
  std::string tried(const std::string& invitation = "") { return code_of(finished(begun(invitation))); }
  std::string invited(const std::string& email) {
    (void)flow();
    return memberships->invite({{"test", ""}, [](identity::Action) { return true; }}, 1, email, Role::analyst)->secret;
  }

  security::TokenSigner signer{"k1", "ES256"};
  FakeProvider provider;
  OidcSettings oidc;
  Json claims;
  std::string returned_issuer;
  std::unique_ptr<OidcProvider> made_provider;
  std::unique_ptr<Memberships> memberships;
  std::unique_ptr<OidcSignIn> made_flow;
};

TEST_F(OidcTest, TheBrowserIsSentWithStateNonceAndPkce) {
  const OidcBegun one = begun(), other = begun();
  EXPECT_TRUE(
      one.url.starts_with("https://id.example/auth?response_type=code&client_id=gamemetrics&redirect_uri="
                          "https%3A%2F%2Fmetrics.example%2Fapi%2Fv1%2Foidc%2Fcallback&scope=openid%20email%20"
                          "profile&state="))
      << one.url;
  EXPECT_EQ(parameter(one, "code_challenge_method"), "S256");
  EXPECT_EQ(parameter(one, "code_challenge").size(), 43u);
  for (const char* name : {"state", "nonce", "code_challenge"}) {
    EXPECT_GE(parameter(one, name).size() * 5, 128u) << name;
    EXPECT_NE(parameter(one, name), parameter(other, name)) << name;
    EXPECT_EQ(one.cookie.find(parameter(one, name)), std::string::npos) << "sealed";
  }
}

// RFC 7636, appendix B.
TEST_F(OidcTest, PkceHasTheValueOfTheRfc) {
  EXPECT_EQ(pkce_challenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"),
            "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
}

TEST_F(OidcTest, TheCodeIsRedeemedWithTheVerifierThatOnlyTheCookieHas) {
  add_user("ada@x.example");
  const OidcBegun by = begun();
  ASSERT_EQ(code_of(finished(by)), "ok");
  const std::string verifier = codec::form_value(provider.shown, "code_verifier").value_or("");
  EXPECT_EQ(pkce_challenge(verifier), parameter(by, "code_challenge"));
  EXPECT_EQ(codec::form_value(provider.shown, "code"), "the code");
  EXPECT_EQ(codec::form_value(provider.shown, "redirect_uri"), "https://metrics.example/api/v1/oidc/callback");
  EXPECT_EQ(codec::base64_decode(provider.authorization.substr(6)), "gamemetrics:s3cret%3A%2B");
  EXPECT_EQ(provider.shown.find("s3cret"), std::string::npos);
}

TEST_F(OidcTest, AnAnswerCountsOnlyForTheBrowserThatBegan) {
  add_user("ada@x.example");
  const OidcBegun mine = begun(), other = begun();
  OidcBegun crossed = mine;
  crossed.cookie = other.cookie;
  EXPECT_EQ(code_of(finished(crossed)), "gm-oidc-state-wrong") << "a link that signs others in as the one who sent it";
  for (const std::string& cookie : {std::string(), std::string("nonsense"), mine.cookie + "A", mine.cookie.substr(1)}) {
    crossed = mine;
    crossed.cookie = cookie;
    EXPECT_EQ(code_of(finished(crossed)), "gm-oidc-state-wrong");
  }
  EXPECT_EQ(code_of(flow().finish(mine.cookie, {"the code", "", "", ""}, {"a", ""})), "gm-oidc-state-wrong")
      << "no state";
  EXPECT_EQ(code_of(finished(mine)), "ok");
  clock.advance_ms(kOidcSignInMs);
  EXPECT_EQ(code_of(finished(mine)), "gm-oidc-state-wrong") << "late";
}

TEST_F(OidcTest, ATokenOfAnotherSignInIsNotTaken) {
  add_user("ada@x.example");
  claims["nonce"] = parameter(begun(), "nonce");
  EXPECT_EQ(tried(), "gm-oidc-token-refused");
}

TEST_F(OidcTest, AnotherProvidersAnswerIsNotTaken) {
  add_user("ada@x.example");
  returned_issuer = "https://evil.example";
  EXPECT_EQ(tried(), "gm-oidc-refused");
  returned_issuer = "https://id.example";
  EXPECT_EQ(tried(), "ok");
  claims["iss"] = "https://evil.example";
  EXPECT_EQ(tried(), "gm-oidc-token-refused");
  provider.document["issuer"] = "https://evil.example";
  clock.advance_ms(kMsPerHour);
  EXPECT_EQ(flow().begin("", "a").error().code, "gm-oidc-unavailable");
}

TEST_F(OidcTest, NewKeysAreFoundAndAskedForNoOftenerThanOnceAMinute) {
  add_user("ada@x.example");
  EXPECT_EQ(tried(), "ok");
  EXPECT_EQ(tried(), "ok");
  EXPECT_EQ(provider.times("https://id.example/keys"), 1) << "kept";
  signer = security::TokenSigner("k2", "ES256");
  provider.published = {signer.jwk()};
  clock.advance_ms(kMsPerMinute);
  EXPECT_EQ(tried(), "ok") << "rotated";
  EXPECT_EQ(provider.times("https://id.example/keys"), 2);
  signer = security::TokenSigner("k3", "ES256");
  for (int i = 0; i < 5; ++i) EXPECT_EQ(tried(), "gm-oidc-key-unknown") << "not the provider's";
  EXPECT_EQ(provider.times("https://id.example/keys"), 2);
  clock.advance_ms(kMsPerMinute);
  for (int i = 0; i < 5; ++i) EXPECT_EQ(tried(), "gm-oidc-key-unknown");
  EXPECT_EQ(provider.times("https://id.example/keys"), 3);
}

TEST_F(OidcTest, AnAccountIsLinkedOnlyByAVouchedAddressOfAnAllowedDomain) {
  const auto ada = add_user("ada@x.example");
  claims["email_verified"] = false;
  EXPECT_EQ(tried(), "gm-oidc-account-unknown") << "anybody can say that it is his";
  claims["email_verified"] = true;
  add_user("bob@elsewhere.example");
  claims["email"] = "bob@elsewhere.example";
  EXPECT_EQ(tried(), "gm-oidc-account-unknown") << "the provider has no say about that domain";
  for (const char* close :
       {"ada@x.example.evil.example", "ada@evilx.example", "ada@x.example@evil.example", "x.example"}) {
    claims["email"] = close;
    EXPECT_EQ(tried(), "gm-oidc-account-unknown") << close;
  }
  claims["email"] = "Ada@X.example";
  ASSERT_EQ(tried(), "ok");
  claims["email"] = "renamed@elsewhere.example";
  const auto again = finished(begun());
  ASSERT_EQ(code_of(again), "ok") << "from now on by the subject, which no other is given";
  EXPECT_EQ(std::get<SignedIn>(*again).user.id, ada.id);
  claims["sub"] = "eve-1";
  EXPECT_EQ(tried(), "gm-oidc-account-unknown");
  const auto page = store->audit_page(0, {}, 50);
  EXPECT_EQ(std::ranges::count(*page, "user.linked", &identity::AuditEntry::action), 1);
}

TEST_F(OidcTest, WhoeverIsNewIsLetInByADefaultRoleOrByAnInvitation) {
  EXPECT_EQ(tried(), "gm-oidc-account-unknown");
  EXPECT_TRUE(store->users()->empty());
  oidc.default_role = Role::viewer;
  made_flow.reset();
  const auto done = finished(begun());
  ASSERT_EQ(code_of(done), "ok");
  const auto& user = std::get<SignedIn>(*done).user;
  EXPECT_EQ(user.email, "ada@x.example");
  EXPECT_TRUE(user.password.empty());
  EXPECT_EQ(outcome("ada@x.example", ""), "gm-login-failed") << "no password is right";
  const auto of = store->memberships(user.id);
  ASSERT_EQ(of->size(), 1u);
  EXPECT_EQ((*of)[0].role, Role::viewer);

  claims["sub"] = "guest-1";
  claims["email"] = "guest@elsewhere.example";
  EXPECT_EQ(tried(), "gm-oidc-account-unknown");
  EXPECT_EQ(tried(invited("other@elsewhere.example")), "gm-oidc-account-unknown") << "somebody else's invitation";
  EXPECT_EQ(tried("gm_in_nothing"), "gm-oidc-account-unknown");
  const std::string own = invited("guest@elsewhere.example");
  const auto guest = finished(begun(own));
  ASSERT_EQ(code_of(guest), "ok");
  EXPECT_EQ((*store->memberships(std::get<SignedIn>(*guest).user.id))[0].role, Role::analyst);
  EXPECT_TRUE((*store->invitation_of(security::hash_key(own)))->ended_ms);
}

TEST_F(OidcTest, AnAddressMayBeToldApartFromTheTokenButOfNobodyElse) {
  add_user("ada@x.example");
  provider.document["userinfo_endpoint"] = "https://id.example/me";
  claims.erase("email");
  provider.userinfo = {{"sub", "eve-1"}, {"email", "ada@x.example"}, {"email_verified", true}};
  EXPECT_EQ(tried(), "gm-oidc-token-refused");
  provider.userinfo["sub"] = "ada-1";
  provider.userinfo["email_verified"] = false;
  EXPECT_EQ(tried(), "gm-oidc-account-unknown");
  provider.userinfo["email_verified"] = true;
  EXPECT_EQ(tried(), "ok");
}

TEST_F(OidcTest, TheSecondFactorIsAskedForAllTheSame) {
  const auto ada = add_user("ada@x.example");
  ASSERT_TRUE(store->begin_second_factor(ada.id, "sealed", noted()).ok());
  ASSERT_TRUE(store->confirm_second_factor(ada.id, "sealed", 1, {}, 0, noted()).ok());
  EXPECT_EQ(tried(), "challenged");
}

TEST_F(OidcTest, ADisabledAccountStaysDisabled) {
  const auto ada = add_user("ada@x.example");
  ASSERT_TRUE(store->set_disabled(ada.id, true, noted()).ok());
  EXPECT_EQ(tried(), "gm-oidc-account-unknown");
  ASSERT_TRUE(store->set_disabled(ada.id, false, noted()).ok());
  EXPECT_EQ(tried(), "ok");
  ASSERT_TRUE(store->set_disabled(ada.id, true, noted()).ok());
  EXPECT_EQ(tried(), "gm-oidc-account-unknown") << "linked, too";
}

TEST_F(OidcTest, AProviderThatMisbehavesIsToldFromOneThatRefuses) {
  provider.token_status = 400;
  EXPECT_EQ(tried(), "gm-oidc-refused") << "a code that was used before";
  provider.token_status = 500;
  EXPECT_EQ(tried(), "gm-oidc-unavailable");
  provider.token_status = 200;
  const OidcBegun by = begun();
  EXPECT_EQ(code_of(flow().finish(by.cookie, {"", parameter(by, "state"), "", "access_denied"}, {"a", ""})),
            "gm-oidc-refused");
  provider.token_answer = {{"access_token", "a"}};
  EXPECT_EQ(code_of(flow().finish(by.cookie, {"c", parameter(by, "state"), "", ""}, {"a", ""})), "gm-oidc-unavailable");
  for (const char* name : {"authorization_endpoint", "token_endpoint", "jwks_uri"}) {
    const Json before = provider.document;
    provider.document[name] = "http://id.example/plain";
    clock.advance_ms(kMsPerHour);
    EXPECT_EQ(flow().begin("", "a").error().code, "gm-oidc-unavailable") << name;
    provider.document = before;
  }
}

TEST_F(OidcTest, AProviderThatIsAwayIsNotWaitedForInRows) {
  provider.away = true;
  for (int i = 0; i < 5; ++i) EXPECT_EQ(flow().begin("", "a").error().code, "gm-oidc-unavailable");
  EXPECT_EQ(provider.asked.size(), 1u);
  provider.away = false;
  clock.advance_ms(5000);
  EXPECT_TRUE(flow().begin("", "a").ok());
}

TEST_F(OidcTest, WithoutAProviderItIsOff) {
  oidc.issuer = "";
  EXPECT_EQ(flow().begin("", "a").error().code, "gm-oidc-off");
  EXPECT_EQ(code_of(flow().finish("", {}, {"a", ""})), "gm-oidc-off");
}

TEST(OidcSettingsTest, OnlyTlsOrThisMachineIsSafe) {
  for (const char* fine : {"https://id.example", "https://id.example:8443/realms/x", "http://127.0.0.1:3000",
                           "http://localhost", "http://[::1]/x"})
    EXPECT_TRUE(is_safe_url(fine)) << fine;
  for (const char* wrong : {"", "http://id.example", "https://", "https:///x", "javascript:alert(1)",
                            "http://localhost.evil.example", "http://127.0.0.1@evil.example", "https://a b",
                            "https://a#b", "file:///etc/passwd", "//id.example", "https://id.example\r\nx"})
    EXPECT_FALSE(is_safe_url(wrong)) << wrong;
}

}  // namespace
}  // namespace gm::users
