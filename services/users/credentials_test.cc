#include "services/users/credentials.h"

#include "lib/security/keys.h"
#include "lib/security/secret_text.h"
#include "services/users/users_fixture_test.h"

namespace gm::users {
namespace {

using identity::Action;
using identity::Role;

class CredentialsTest : public UsersTest {
 protected:
  Credentials credentials() {
    return Credentials(
        {*store, clock, telemetry, [](const http::Request& request) { return std::string(request.peer); }}, settings);
  }
  // "name: value" pairs.
  http::Request request(std::vector<std::pair<std::string_view, std::string_view>> headers,
                        http::Method method = http::Method::get, std::string_view path = "/api/v1/metrics/dau") {
    http::Request made;
    made.method = method;
    made.path = path;
    made.headers = std::move(headers);
    made.peer = "192.0.2.9";
    return made;
  }
  std::string code_of(const http::Request& asked) {
    const auto caller = credentials().caller_of(asked);
    return caller ? "ok" : caller.error().code;
  }
  std::string project_code(const http::Request& asked) {
    const auto principal = credentials().principal_of(asked);
    return principal ? "ok" : principal.error().code;
  }
  std::string add_token(int64_t user, int64_t organisation, Role role, std::vector<Action> scopes,
                        std::optional<int64_t> expires_ms = {}) {
    const std::string text = security::make_secret_text(user != 0 ? kPersonalPrefix : kServicePrefix, random);
    identity::Token wanted;
    wanted.user = user;
    wanted.organisation = organisation;
    wanted.role = role;
    wanted.hash = security::hash_key(text);
    wanted.scopes = std::move(scopes);
    wanted.expires_ms = expires_ms;
    EXPECT_TRUE(store->create_token(wanted, noted()).ok());
    return text;
  }
  uint32_t add_project(int64_t organisation) {
    return store->create_owned_project({{{}, "Farm", "UTC", "USD", 0}, organisation, 0, "production"}, noted())
        ->project.id.value();
  }
};

TEST_F(CredentialsTest, ASessionEndsByIdlenessAndByAge) {
  settings.session_idle_ms = 2 * kMsPerHour;
  settings.session_lifetime_ms = 5 * kMsPerHour;
  add_user("ada@x.example", 1, Role::analyst);
  const std::string bearer = "Bearer " + signed_in("ada@x.example").secret;
  const auto asked = request({{"authorization", bearer}});
  for (int hour = 0; hour < 4; ++hour) {
    EXPECT_EQ(code_of(asked), "ok") << hour;
    clock.advance_ms(kMsPerHour);
  }
  EXPECT_EQ(code_of(asked), "ok");
  clock.advance_ms(kMsPerHour);
  EXPECT_EQ(code_of(asked), "gm-session-unknown") << "its age";
  const std::string second = "Bearer " + signed_in("ada@x.example").secret;
  clock.advance_ms(2 * kMsPerHour - 1);
  EXPECT_EQ(code_of(request({{"authorization", second}})), "ok");
  clock.advance_ms(2 * kMsPerHour);
  EXPECT_EQ(code_of(request({{"authorization", second}})), "gm-session-unknown") << "its idleness";
}

TEST_F(CredentialsTest, WhatWasEndedOrDisabledIsRefusedAtOnce) {
  const auto ada = add_user("ada@x.example");
  const SignedIn done = signed_in("ada@x.example");
  const std::string bearer = "Bearer " + done.secret;
  const auto asked = request({{"authorization", bearer}});
  EXPECT_EQ(code_of(asked), "ok");
  ASSERT_TRUE(store->end_session(ada.id, done.session.id, noted()).ok());
  EXPECT_EQ(code_of(asked), "gm-session-unknown");
  const std::string token = "Bearer " + add_token(ada.id, 0, Role::viewer, {Action::read_numbers});
  const auto by_token = request({{"authorization", token}});
  EXPECT_EQ(code_of(by_token), "ok");
  ASSERT_TRUE(store->set_disabled(ada.id, true, noted()).ok());
  EXPECT_EQ(code_of(by_token), "gm-token-unknown");
}

TEST_F(CredentialsTest, AChangeByCookieNeedsTheHeaderThatNoOtherPageCanSend) {
  add_user("ada@x.example");
  const std::string secret = signed_in("ada@x.example").secret;
  const std::string cookie = "theme=dark; gm_session=" + secret;
  const std::string csrf = csrf_token(secret);
  EXPECT_EQ(code_of(request({{"cookie", cookie}})), "ok");
  EXPECT_EQ(code_of(request({{"cookie", cookie}}, http::Method::post)), "gm-csrf-missing");
  EXPECT_EQ(code_of(request({{"cookie", cookie}, {"x-csrf-token", "x"}}, http::Method::del)), "gm-csrf-missing");
  EXPECT_EQ(code_of(request({{"cookie", cookie}, {"x-csrf-token", csrf}}, http::Method::post)), "ok");
  const std::string bearer = "Bearer " + secret;
  EXPECT_EQ(code_of(request({{"authorization", bearer}}, http::Method::post)), "ok") << "no browser adds a bearer";
  EXPECT_EQ(telemetry.counter(telemetry::kUsersRefused, {"csrf"}).value(), 2);
}

TEST_F(CredentialsTest, TheCookieSaysHowBrowsersMayUseIt) {
  EXPECT_EQ(credentials().cookie("s"), "gm_session=s; Path=/; HttpOnly; SameSite=Strict; Max-Age=604800");
  settings.cookie_secure = true;
  EXPECT_EQ(credentials().cookie("s"),
            "__Host-gm_session=s; Path=/; HttpOnly; SameSite=Strict; Max-Age=604800; Secure");
  add_user("ada@x.example");
  const std::string secret = signed_in("ada@x.example").secret;
  const std::string plain = "gm_session=" + secret, prefixed = "__Host-gm_session=" + secret;
  EXPECT_EQ(code_of(request({{"cookie", plain}})), "gm-key-missing") << "a cookie that plain HTTP could have set";
  EXPECT_EQ(code_of(request({{"cookie", prefixed}})), "ok");
}

TEST_F(CredentialsTest, OnlyWhatIsOfPeopleConcernsUs) {
  EXPECT_FALSE(credentials().concerns(request({})));
  EXPECT_FALSE(credentials().concerns(request({{"authorization", "Bearer gm_pk_x"}})));
  EXPECT_FALSE(
      credentials().concerns(request({{"authorization", "Bearer gm_pk_x"}, {"cookie", "gm_session=gm_us_x"}})));
  EXPECT_TRUE(credentials().concerns(request({{"cookie", "gm_session=gm_us_x"}})));
  for (const char* prefix : {"Bearer gm_us_", "Bearer gm_pt_", "Bearer gm_st_"})
    EXPECT_TRUE(credentials().concerns(request({{"authorization", prefix}})));
  EXPECT_EQ(code_of(request({{"authorization", "Bearer gm_us_mistyped"}})), "gm-session-unknown");
  EXPECT_EQ(code_of(request({})), "gm-key-missing");
}

TEST_F(CredentialsTest, ATokenInACookieIsRefused) {
  const auto ada = add_user("ada@x.example", 1, Role::owner);
  const std::string cookie = "gm_session=" + add_token(ada.id, 0, Role::viewer, {Action::read_numbers});
  EXPECT_EQ(code_of(request({{"cookie", cookie}})), "gm-session-unknown");
}

TEST_F(CredentialsTest, ATokenEndsAndNeverGivesMoreThanRoleAndScopes) {
  const auto ada = add_user("ada@x.example", 1, Role::support);
  const std::string bearer =
      "Bearer " + add_token(ada.id, 0, Role::viewer, {Action::read_numbers, Action::run_sql}, kStartMs + 10);
  const auto caller = credentials().caller_of(request({{"authorization", bearer}}));
  ASSERT_TRUE(caller.ok());
  EXPECT_TRUE(caller->may(1, Action::read_numbers));
  EXPECT_FALSE(caller->may(1, Action::read_players)) << "not among the scopes";
  EXPECT_FALSE(caller->may(1, Action::run_sql)) << "not of the role";
  EXPECT_FALSE(caller->may(2, Action::read_numbers)) << "of another organisation";
  clock.advance_ms(10);
  EXPECT_EQ(code_of(request({{"authorization", bearer}})), "gm-token-unknown");
}

TEST_F(CredentialsTest, AProjectIsReadByWhoMayInItsOrganisation) {
  const int64_t other =
      store->create_organisation("Other", audit_entry({"test", ""}, 0, 1, {"o", "organisation:", "", ""}))->id;
  const std::string own = std::to_string(add_project(1)), foreign = std::to_string(add_project(other));
  add_user("vic@x.example", 1, Role::viewer);
  const std::string bearer = "Bearer " + signed_in("vic@x.example").secret;
  EXPECT_EQ(project_code(request({{"authorization", bearer}})), "gm-project-unnamed");
  EXPECT_EQ(project_code(request({{"authorization", bearer}, {"x-project", "1x"}})), "gm-project-unnamed");
  EXPECT_EQ(project_code(request({{"authorization", bearer}, {"x-project", own}})), "ok");
  EXPECT_EQ(project_code(request({{"authorization", bearer}, {"x-project", foreign}})), "gm-project-unknown");
  EXPECT_EQ(project_code(request({{"authorization", bearer}, {"x-project", "99"}})), "gm-project-unknown");
  const auto at = [&](http::Method method, std::string_view path) {
    return project_code(request({{"authorization", bearer}, {"x-project", own}}, method, path));
  };
  EXPECT_EQ(at(http::Method::get, "/api/v1/players"), "gm-right-missing");
  EXPECT_EQ(at(http::Method::post, "/api/v1/sql"), "gm-right-missing");
  EXPECT_EQ(at(http::Method::get, "/api/v1/of/tomorrow"), "gm-right-missing") << "a route without a row";
  EXPECT_EQ(at(http::Method::get, "/api/v1/organisations/1"), "gm-right-missing") << "none that a key reads";
}

TEST_F(CredentialsTest, LimitsAreKeptApart) {
  const auto ada = add_user("ada@x.example", 1, Role::owner);
  const std::string project = std::to_string(add_project(1));
  const std::string token = "Bearer " + add_token(ada.id, 0, Role::viewer, {Action::read_numbers});
  const std::string session = "Bearer " + signed_in("ada@x.example").secret;
  const auto number = [&](const std::string& bearer) {
    return credentials().principal_of(request({{"authorization", bearer}, {"x-project", project}}))->key;
  };
  EXPECT_NE(number(token), number(session));
  EXPECT_LT(number(token), 0);
  EXPECT_LT(number(session), 0);
}

}  // namespace
}  // namespace gm::users
