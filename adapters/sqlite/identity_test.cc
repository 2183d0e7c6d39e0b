#include <gtest/gtest.h>
#include <sqlite3.h>

#include <filesystem>

#include "adapters/sqlite/metadata.h"

namespace gm::sqlite {
namespace {

using identity::Action;
using identity::AuditEntry;
using identity::Role;

constexpr int64_t kNow = 1'000'000;

AuditEntry entry(std::string action, std::string object, int64_t organisation = 1, int64_t at_ms = kNow) {
  return {0, organisation, at_ms, "user:1", "192.0.2.1", std::move(action), std::move(object), "", R"({"x":1})"};
}

class IdentityTest : public testing::Test {
 protected:
  void SetUp() override {
    directory_ =
        std::filesystem::path(testing::TempDir()) / testing::UnitTest::GetInstance()->current_test_info()->name();
    std::filesystem::remove_all(directory_);
    std::filesystem::create_directories(directory_);
    path_ = (directory_ / "metadata.sqlite").string();
  }
  void TearDown() override { std::filesystem::remove_all(directory_); }

  void open() {
    auto opened = open_identity(path_);
    ASSERT_TRUE(opened.ok()) << opened.error().message;
    store_ = std::move(*opened);
  }
  int64_t user(const std::string& email) {
    return store_->create_user({0, email, "Name", "$argon2id$", 0, {}}, entry("user.created", "user:", 0))->id;
  }
  std::string audit(int64_t organisation) {
    std::string text;
    const auto page = store_->audit_page(organisation, {}, 100);
    if (!page) return page.error().message;
    for (const AuditEntry& one : *page) text += one.action + " " + one.object + "\n";
    return text;
  }

  std::filesystem::path directory_;
  std::string path_;
  std::unique_ptr<identity::IdentityStore> store_;
};

// As version 6 left it.
TEST_F(IdentityTest, ProjectsOfAnOlderFileBelongToTheDefaultOrganisation) {
  constexpr const char* kVersion6 = R"sql(
CREATE TABLE projects (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, time_zone TEXT NOT NULL,
  currency TEXT NOT NULL, created_ms INTEGER NOT NULL) STRICT;
CREATE TABLE keys (id INTEGER PRIMARY KEY AUTOINCREMENT, project INTEGER NOT NULL REFERENCES projects(id),
  kind INTEGER NOT NULL, hash BLOB NOT NULL UNIQUE, prefix TEXT NOT NULL, created_ms INTEGER NOT NULL,
  revoked_ms INTEGER, secret TEXT NOT NULL DEFAULT '', origins TEXT NOT NULL DEFAULT '') STRICT;
CREATE TABLE new_store(waits INTEGER NOT NULL) STRICT; INSERT INTO new_store VALUES (0);
CREATE TABLE rates(base TEXT NOT NULL, currency TEXT NOT NULL, day INTEGER NOT NULL, billionths INTEGER NOT NULL,
  PRIMARY KEY(base, currency, day)) STRICT, WITHOUT ROWID;
CREATE TABLE rates_revision(revision INTEGER NOT NULL) STRICT; INSERT INTO rates_revision VALUES (0);
CREATE TABLE declared_properties(project INTEGER NOT NULL, event TEXT NOT NULL, property TEXT NOT NULL,
  types INTEGER NOT NULL, origin INTEGER NOT NULL, declared_ms INTEGER NOT NULL,
  PRIMARY KEY(project, event, property)) STRICT, WITHOUT ROWID;
INSERT INTO projects VALUES (1, 'Space Miner', 'UTC', 'USD', 5), (2, 'Farm', 'Asia/Tokyo', 'JPY', 9);
INSERT INTO keys VALUES (1, 1, 1, x'6831', 'gm_wk_abc', 6, NULL, '', '');
PRAGMA user_version = 6;)sql";
  sqlite3* old = nullptr;
  ASSERT_EQ(sqlite3_open(path_.c_str(), &old), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(old, kVersion6, nullptr, nullptr, nullptr), SQLITE_OK);
  sqlite3_close(old);
  open();
  const auto organisations = store_->organisations();
  ASSERT_EQ(organisations->size(), 1u);
  EXPECT_EQ((*organisations)[0].id, identity::kDefaultOrganisation);
  EXPECT_EQ((*organisations)[0].created_ms, 5);
  const auto projects = store_->owned_projects();
  ASSERT_EQ(projects->size(), 2u);
  EXPECT_EQ((*projects)[1].project.name, "Farm");
  EXPECT_EQ((*projects)[1].organisation, identity::kDefaultOrganisation);
  EXPECT_EQ((*projects)[1].game, 2u);
  EXPECT_EQ((*projects)[1].environment, "production");
  const auto metadata = open_metadata(path_);
  ASSERT_TRUE(metadata.ok());
  EXPECT_EQ((*metadata)->keys()->at(0).hash, "h1");
  EXPECT_TRUE(check_metadata(path_).ok());
}

TEST_F(IdentityTest, AChangeThatFailsLeavesNoEntry) {
  open();
  ASSERT_TRUE(store_->rename_organisation(1, "Studio", entry("organisation.renamed", "organisation:1")).ok());
  EXPECT_EQ(store_->rename_organisation(9, "x", entry("organisation.renamed", "organisation:9")).error().code,
            "gm-organisation-unknown");
  EXPECT_EQ(audit(1), "organisation.renamed organisation:1\n");
  EXPECT_EQ((*store_->organisations())[0].name, "Studio");
}

TEST_F(IdentityTest, TheLogOfChangesIsReadByOrganisationNewestFirst) {
  open();
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(store_->note(entry("a" + std::to_string(i), "x", 1 + i % 2)).ok());
  const auto page = store_->audit_page(1, {}, 2);
  ASSERT_EQ(page->size(), 2u);
  EXPECT_EQ((*page)[0].action, "a4");
  EXPECT_EQ((*page)[0].from, "192.0.2.1");
  EXPECT_EQ((*page)[0].after, R"({"x":1})");
  const auto next = store_->audit_page(1, (*page)[1].id, 2);
  ASSERT_EQ(next->size(), 1u);
  EXPECT_EQ((*next)[0].action, "a0");
}

TEST_F(IdentityTest, AnOrganisationKeepsAnOwner) {
  open();
  const int64_t ada = user("ada@x.example"), bob = user("bob@x.example");
  const auto set = [&](int64_t who, Role role) { return store_->set_role(1, who, role, entry("r", "user")); };
  ASSERT_TRUE(set(bob, Role::viewer).ok()) << "before there is an owner";
  ASSERT_TRUE(set(ada, Role::owner).ok());
  EXPECT_EQ(set(ada, Role::admin).error().code, "gm-member-last-owner");
  EXPECT_EQ(store_->remove_member(1, ada, entry("m", "u")).error().code, "gm-member-last-owner");
  EXPECT_EQ(store_->memberships(ada)->at(0).role, Role::owner) << "refused means unchanged";
  ASSERT_TRUE(set(bob, Role::owner).ok());
  ASSERT_TRUE(set(ada, Role::admin).ok());
  ASSERT_TRUE(store_->remove_member(1, ada, entry("m", "u")).ok());
  EXPECT_EQ(store_->remove_member(1, ada, entry("m", "u")).error().code, "gm-member-unknown");
  const auto members = store_->members(1);
  ASSERT_EQ(members->size(), 1u);
  EXPECT_EQ((*members)[0].email, "bob@x.example");
}

TEST_F(IdentityTest, AnInvitationIsTakenOnce) {
  open();
  const int64_t ada = user("ada@x.example");
  const auto made = store_->create_invitation({0, 1, "ada@x.example", Role::analyst, "h", 0, kNow + 9, {}},
                                              entry("invited", "invitation:"));
  ASSERT_TRUE(made.ok());
  const auto found = store_->invitation_of("h");
  ASSERT_TRUE(found.ok() && *found);
  EXPECT_EQ((*found)->expires_ms, kNow + 9);
  EXPECT_EQ((*found)->created_ms, kNow);
  ASSERT_TRUE(store_->take_invitation(**found, ada, entry("joined", "user:1")).ok());
  EXPECT_EQ(store_->memberships(ada)->at(0).role, Role::analyst);
  EXPECT_EQ(store_->take_invitation(**found, ada, entry("joined", "user:1")).error().code, "gm-invitation-unknown");
  EXPECT_EQ(store_->end_invitation(1, made->id, entry("w", "i")).error().code, "gm-invitation-unknown");
  EXPECT_EQ(audit(1), "joined user:1\ninvited invitation:1\n");
}

TEST_F(IdentityTest, AnInvitationIsWithdrawnByItsOrganisationOnlyAndMakesAnOwnerNothingLess) {
  open();
  const int64_t ada = user("ada@x.example");
  ASSERT_TRUE(store_->set_role(1, ada, Role::owner, entry("r", "u")).ok());
  const auto made =
      store_->create_invitation({0, 1, "ada@x.example", Role::viewer, "h", 0, kNow, {}}, entry("i", "i:"));
  EXPECT_EQ(store_->end_invitation(2, made->id, entry("w", "i")).error().code, "gm-invitation-unknown");
  ASSERT_TRUE(store_->take_invitation(*made, ada, entry("joined", "u")).ok());
  EXPECT_EQ(store_->memberships(ada)->at(0).role, Role::owner);
}

TEST_F(IdentityTest, AnAddressBelongsToOneUser) {
  open();
  const int64_t ada = user("ada@x.example");
  EXPECT_EQ(store_->create_user({0, "ada@x.example", "Other", "", 0, {}}, entry("u", "user:", 0)).error().code,
            "gm-user-exists");
  EXPECT_EQ((*store_->user_of("ada@x.example"))->id, ada);
  EXPECT_FALSE(*store_->user_of("eve@x.example"));
  EXPECT_EQ(store_->users()->size(), 1u);
}

TEST_F(IdentityTest, SessionsEndByPasswordByDisablingByNumberAndByCount) {
  open();
  const int64_t ada = user("ada@x.example"), bob = user("bob@x.example");
  const auto begin = [&](int64_t who, const std::string& hash, int64_t at_ms = kNow) {
    return store_->create_session({0, who, hash, 0, 0, "p", "a"}, 2, kNow - 100, entry("s", "session:", 0, at_ms))->id;
  };
  const int64_t first = begin(ada, "1");
  begin(bob, "b");
  EXPECT_EQ(store_->end_session(bob, first, entry("e", "s")).error().code, "gm-session-unknown") << "not his";
  const int64_t second = begin(ada, "2");
  begin(ada, "3");
  EXPECT_FALSE(*store_->session_of("1")) << "the oldest of three made room";
  ASSERT_TRUE(store_->session_seen(second, kNow + 5).ok());
  EXPECT_EQ((*store_->session_of("2"))->seen_ms, kNow + 5);
  ASSERT_TRUE(store_->set_password(ada, "$new", second, entry("p", "u", 0)).ok());
  EXPECT_FALSE(*store_->session_of("3"));
  EXPECT_TRUE(*store_->session_of("2"));
  ASSERT_TRUE(store_->set_disabled(ada, true, entry("d", "u", 0)).ok());
  EXPECT_FALSE(*store_->session_of("2"));
  EXPECT_EQ((*store_->user(ada))->disabled_ms, kNow);
  EXPECT_TRUE(*store_->session_of("b"));
  store_->create_session({0, ada, "4", 0, 0, "p", "a"}, 2, kNow + 1, entry("s", "session:", 0, kNow + 2)).value();
  EXPECT_FALSE(*store_->session_of("b")) << "older than sessions last";
}

TEST_F(IdentityTest, WhatARestoreBringsBackOfSignInsIsEnded) {
  open();
  const int64_t ada = user("ada@x.example");
  ASSERT_TRUE(store_->create_session({0, ada, "hash", 0, 0, "", ""}, 5, 0, entry("login.done", "session:", 0)).ok());
  const auto invite = [&](const std::string& hash) {
    return store_->create_invitation({0, 1, "bob@x.example", Role::viewer, hash, 0, kNow * 2, {}}, entry("i", "i:"))
        ->id;
  };
  const int64_t taken = invite("h1");
  ASSERT_TRUE(store_->end_invitation(1, taken, entry("i", "i", 1, kNow - 1)).ok());
  invite("h2");
  ASSERT_TRUE(store_->end_sessions_and_invitations(entry("backup.restored", "backup", 0)).ok());
  EXPECT_TRUE(store_->sessions(ada)->empty());
  EXPECT_EQ((*store_->invitation_of("h1"))->ended_ms, kNow - 1) << "it had ended before";
  EXPECT_EQ((*store_->invitation_of("h2"))->ended_ms, kNow);
  EXPECT_TRUE(audit(0).starts_with("backup.restored backup\n"));
}

TEST_F(IdentityTest, LoginFailuresAreForgottenWithTime) {
  open();
  for (int i = 0; i < 2; ++i) EXPECT_TRUE(store_->count_login_failure("a", 10, {2, 60}).value());
  EXPECT_EQ(store_->login_failures("a")->count, 2);
  EXPECT_EQ(store_->login_failures("a")->locked_until_ms, 70);
  EXPECT_FALSE(store_->count_login_failure("a", 69, {2, 60}).value()) << "locked: nothing is counted";
  EXPECT_TRUE(store_->count_login_failure("a", 70, {2, 60}).value());
  EXPECT_EQ(store_->login_failures("a")->count, 1) << "after a lockout the counting begins anew";
  EXPECT_TRUE(store_->count_login_failure("b", 131, {2, 60}).value());
  EXPECT_EQ(store_->login_failures("a")->count, 0);
  ASSERT_TRUE(store_->clear_login_failures("b").ok());
  EXPECT_EQ(store_->login_failures("b")->count, 0);
}

TEST_F(IdentityTest, AFileOfVersion7GetsSecondFactorsThatAreOff) {
  open();
  const int64_t ada = user("ada@x.example");
  ASSERT_TRUE(store_->set_role(1, ada, Role::owner, entry("member.added", "user:1")).ok());
  store_.reset();
  sqlite3* old = nullptr;
  ASSERT_EQ(sqlite3_open(path_.c_str(), &old), SQLITE_OK);
  constexpr const char* kBackTo7 =
      "DROP TABLE federated_identities; DROP TABLE password_resets; DROP TABLE login_challenges; DROP TABLE "
      "recovery_codes; DROP TABLE second_factors; ALTER TABLE organisations DROP COLUMN require_second_factor; PRAGMA "
      "user_version = 7;";
  ASSERT_EQ(sqlite3_exec(old, kBackTo7, nullptr, nullptr, nullptr), SQLITE_OK);
  sqlite3_close(old);
  open();
  EXPECT_FALSE((*store_->user(ada))->second_factor);
  EXPECT_FALSE((*store_->organisations())[0].require_second_factor);
  EXPECT_FALSE((*store_->memberships(ada))[0].second_factor_missing);
  EXPECT_FALSE(*store_->second_factor(ada));
}

TEST_F(IdentityTest, ASecondFactorIsBegunConfirmedAndEnded) {
  open();
  const int64_t ada = user("ada@x.example");
  const auto noted = [&](const char* action) { return entry(action, "user:" + std::to_string(ada), 0); };
  ASSERT_TRUE(store_->begin_second_factor(ada, "sealed 1", noted("begun")).ok());
  ASSERT_TRUE(store_->begin_second_factor(ada, "sealed 2", noted("begun")).ok());
  EXPECT_EQ(store_->confirm_second_factor(ada, "sealed 1", 7, {"a"}, 0, noted("on")).error().code,
            "gm-second-factor-off")
      << "begun anew meanwhile";
  EXPECT_FALSE(store_->take_step(ada, 8).value()) << "not on yet";
  EXPECT_FALSE((*store_->user(ada))->second_factor);
  ASSERT_TRUE(store_->confirm_second_factor(ada, "sealed 2", 7, {"a", "b"}, 0, noted("on")).ok());
  EXPECT_TRUE((*store_->user(ada))->second_factor);
  EXPECT_EQ(store_->begin_second_factor(ada, "sealed 3", noted("begun")).error().code, "gm-second-factor-on");
  for (const auto& [step, taken] : std::vector<std::pair<int64_t, bool>>{{7, false}, {9, true}, {9, false}, {8, false}})
    EXPECT_EQ(store_->take_step(ada, step).value(), taken) << step;
  EXPECT_TRUE(store_->take_recovery_code(ada, "a", noted("used")).value());
  EXPECT_FALSE(store_->take_recovery_code(ada, "a", noted("used")).value());
  EXPECT_FALSE(store_->take_recovery_code(ada + 1, "b", noted("used")).value());
  EXPECT_EQ((*store_->second_factor(ada))->recovery_codes, 1);
  ASSERT_TRUE(store_->end_second_factor(ada, 0, noted("off")).ok());
  EXPECT_EQ(store_->end_second_factor(ada, 0, noted("off")).error().code, "gm-second-factor-off");
  EXPECT_FALSE(store_->take_recovery_code(ada, "b", noted("used")).value());
  EXPECT_EQ(audit(0), "off user:1\nused user:1\non user:1\nbegun user:1\nbegun user:1\nuser.created user:1\n");
}

TEST_F(IdentityTest, AChallengeIsTriedAndEndsOnlySoOften) {
  open();
  const int64_t ada = user("ada@x.example");
  ASSERT_TRUE(store_->create_challenge({0, ada, 5, "h", kNow, kNow + 10}, 2).ok());
  EXPECT_FALSE(*store_->try_challenge("none", kNow, 3));
  const auto tried = store_->try_challenge("h", kNow, 3);
  ASSERT_TRUE(tried.ok() && *tried);
  EXPECT_EQ((*tried)->user, ada);
  EXPECT_EQ((*tried)->invitation, 5);
  EXPECT_TRUE(*store_->try_challenge("h", kNow + 9, 3));
  EXPECT_FALSE(*store_->try_challenge("h", kNow + 10, 3)) << "late";
  EXPECT_TRUE(*store_->try_challenge("h", kNow, 3));
  EXPECT_FALSE(*store_->try_challenge("h", kNow, 3)) << "the fourth";
  EXPECT_TRUE(store_->end_challenge((*tried)->id).value());
  EXPECT_FALSE(store_->end_challenge((*tried)->id).value());
  for (const char* hash : {"1", "2", "3"})
    ASSERT_TRUE(store_->create_challenge({0, ada, 0, hash, kNow, kNow + 10}, 2).ok());
  EXPECT_FALSE(*store_->try_challenge("1", kNow, 3)) << "only the newest wait";
  EXPECT_TRUE(*store_->try_challenge("2", kNow, 3));
  ASSERT_TRUE(store_->end_sessions_and_invitations(entry("restored", "backup", 0)).ok());
  EXPECT_FALSE(*store_->try_challenge("3", kNow, 3));
}

TEST_F(IdentityTest, AResetIsTakenOnceAndOnlySoManyAreMade) {
  open();
  const int64_t ada = user("ada@x.example");
  const auto noted = entry("password.reset", "user:1", 0);
  for (const auto& [hash, made] : std::vector<std::pair<const char*, bool>>{{"a", true}, {"b", true}, {"c", false}})
    EXPECT_EQ(store_->create_password_reset({0, ada, hash, kNow, kNow + 10}, 2, 100, noted).value(), made) << hash;
  const auto reset = store_->password_reset_of("a", kNow + 9);
  ASSERT_TRUE(reset.ok() && *reset);
  EXPECT_FALSE(*store_->password_reset_of("a", kNow + 10)) << "late";
  ASSERT_TRUE(store_->take_password_reset(**reset, "another hash", noted).ok());
  EXPECT_EQ((*store_->user(ada))->password, "another hash");
  EXPECT_EQ(store_->take_password_reset(**reset, "a third", noted).error().code, "gm-reset-unknown");
  EXPECT_FALSE(*store_->password_reset_of("b", kNow)) << "the others end with it";
}

TEST_F(IdentityTest, SomebodyOfAnotherServerIsOnePersonHere) {
  open();
  const identity::FederatedIdentity known{"https://id.example", "ada-1"};
  EXPECT_FALSE(*store_->federated_user(known));
  const auto noted = entry("user.created", "user:", 0);
  const auto made = store_->create_federated_user({0, "ada@x.example", "Ada", "", 0, {}}, known,
                                                  identity::Membership{1, Role::viewer, false}, noted);
  ASSERT_TRUE(made.ok()) << made.error().message;
  EXPECT_EQ((*store_->federated_user(known))->id, made->id);
  EXPECT_EQ(store_->memberships(made->id)->size(), 1u);
  const int64_t bob = user("bob@x.example");
  EXPECT_EQ(store_->link_federated(bob, known, noted).error().code, "gm-oidc-account-unknown");
  EXPECT_TRUE(store_->link_federated(bob, {"https://other.example", "ada-1"}, noted).ok()) << "another issuer's";
  EXPECT_EQ(store_->create_federated_user({0, "new@x.example", "", "", 0, {}}, known, {}, noted).error().code,
            "gm-oidc-account-unknown");
  EXPECT_FALSE(*store_->user_of("new@x.example")) << "all or nothing";
}

TEST_F(IdentityTest, TokensKeepTheirScopes) {
  open();
  identity::Token wanted;
  wanted.organisation = 1;
  wanted.role = Role::analyst;
  wanted.name = "nightly";
  wanted.hash = "h";
  wanted.prefix = "gm_st_abcdef";
  wanted.scopes = {Action::read_numbers, Action::run_sql};
  wanted.expires_ms = kNow + 50;
  const auto made = store_->create_token(wanted, entry("t", "token:"));
  ASSERT_TRUE(made.ok());
  ASSERT_TRUE(store_->token_used(made->id, kNow + 7).ok());
  const auto found = *store_->token_of("h");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->scopes, wanted.scopes);
  EXPECT_EQ(found->role, Role::analyst);
  EXPECT_EQ(found->expires_ms, kNow + 50);
  EXPECT_EQ(found->used_ms, kNow + 7);
  EXPECT_EQ(store_->tokens(0, 1)->size(), 1u);
  EXPECT_TRUE(store_->tokens(0, 2)->empty());
  ASSERT_TRUE(store_->revoke_token(made->id, entry("r", "t")).ok());
  EXPECT_EQ(store_->revoke_token(made->id, entry("r", "t")).error().code, "gm-token-unknown");
  EXPECT_EQ((*store_->token_of("h"))->revoked_ms, kNow);
}

TEST_F(IdentityTest, AGameHasEachEnvironmentOnce) {
  open();
  identity::OwnedProject wanted{{{}, "Farm", "UTC", "USD", 0}, 1, 0, "production"};
  const auto first = store_->create_owned_project(wanted, entry("p", "project:"));
  ASSERT_TRUE(first.ok());
  EXPECT_EQ(first->game, first->project.id.value());
  wanted.game = first->game;
  EXPECT_EQ(store_->create_owned_project(wanted, entry("p", "project:")).error().code, "gm-environment-exists");
  wanted.environment = "staging";
  const auto second = store_->create_owned_project(wanted, entry("p", "project:"));
  ASSERT_TRUE(second.ok());
  EXPECT_EQ(store_->create_owned_project(wanted, entry("p", "project:")).error().code, "gm-environment-exists");
  ASSERT_TRUE(store_->rename_project(second->project.id, "Farm 2", entry("n", "p")).ok());
  const auto all = store_->owned_projects();
  ASSERT_EQ(all->size(), 2u);
  EXPECT_EQ((*all)[1].game, first->game);
  EXPECT_EQ((*all)[1].project.name, "Farm 2");
  EXPECT_EQ(audit(1), "n p\np project:2\np project:1\n");
}

TEST_F(IdentityTest, ARotatedKeyGoesOnUntilItsEndAndIsRotatedOnce) {
  open();
  const auto project =
      store_->create_owned_project({{{}, "Farm", "UTC", "USD", 0}, 1, 0, "production"}, entry("p", "p:"));
  const auto old = store_->add_key(project->project.id, security::KeyKind::write, {"", "h1", "gm_wk_1", ""},
                                   {"https://game.example"}, entry("k", "key:"));
  ASSERT_TRUE(old.ok());
  const auto made = store_->rotate_key(*old, kNow + 60, {"", "h2", "gm_wk_2", ""}, entry("k", "key:"));
  ASSERT_TRUE(made.ok());
  const auto metadata = open_metadata(path_);
  const auto keys = (*metadata)->keys();
  ASSERT_EQ(keys->size(), 2u);
  EXPECT_EQ((*keys)[0].revoked_ms, kNow + 60);
  EXPECT_EQ((*keys)[1].id, made->id);
  EXPECT_FALSE((*keys)[1].revoked_ms);
  EXPECT_EQ((*keys)[1].origins, old->origins);
  EXPECT_EQ(store_->rotate_key(*old, kNow + 90, {"", "h3", "gm_wk_3", ""}, entry("k", "key:")).error().code,
            "gm-key-unknown");
  ASSERT_TRUE(store_->end_key(made->id, entry("e", "k")).ok());
  EXPECT_EQ(store_->end_key(made->id, entry("e", "k")).error().code, "gm-key-unknown");
  EXPECT_EQ((*metadata)->keys()->at(1).revoked_ms, kNow);
  ASSERT_TRUE(store_->end_key(old->id, entry("e", "k")).ok()) << "before its end";
  EXPECT_EQ((*metadata)->keys()->at(0).revoked_ms, kNow);
}

}  // namespace
}  // namespace gm::sqlite
