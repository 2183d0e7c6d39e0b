#include "adapters/sqlite/identity_database.h"
#include "adapters/sqlite/word_list.h"

namespace gm::sqlite {

using identity::Action;
using identity::AuditEntry;
using identity::Token;

namespace {

constexpr const char* kTokens =
    "SELECT id, user, organisation, role, name, hash, prefix, scopes, created_ms, expires_ms, used_ms, revoked_ms FROM "
    "tokens WHERE ";

std::string scope_names(const std::vector<Action>& scopes) {
  std::vector<std::string> names;
  for (const Action action : scopes) names.emplace_back(identity::action_name(action));
  return joined(names);
}

// An action that there is no more gives nobody a right.
std::vector<Action> parse_scopes(const std::string& text) {
  std::vector<Action> scopes;
  for (const std::string& name : split(text)) {
    if (const auto action = identity::parse_action(name)) scopes.push_back(*action);
  }
  return scopes;
}

Token read_token(const Statement& row) {
  Token token;
  token.id = row.integer(0);
  token.user = row.integer(1);
  token.organisation = row.integer(2);
  token.role = static_cast<identity::Role>(row.integer(3));
  token.name = row.text(4);
  token.hash = row.text(5);
  token.prefix = row.text(6);
  token.scopes = parse_scopes(row.text(7));
  token.created_ms = row.integer(8);
  token.expires_ms = row.optional_integer(9);
  token.used_ms = row.optional_integer(10);
  token.revoked_ms = row.optional_integer(11);
  return token;
}

}  // namespace

Result<std::vector<Token>> IdentityDatabase::tokens(int64_t user, int64_t organisation) {
  const std::lock_guard lock(mutex_);
  Statement select(db_, (std::string(kTokens) + "user = ? AND organisation = ? ORDER BY id").c_str());
  return all_rows<Token>(select.bind(user).bind(organisation), read_token);
}

Result<std::optional<Token>> IdentityDatabase::token_of(std::string_view hash) {
  const std::lock_guard lock(mutex_);
  Statement select(db_, (std::string(kTokens) + "hash = ?").c_str());
  return one_row<Token>(select.bind_blob(hash), read_token);
}

Result<Token> IdentityDatabase::create_token(Token wanted, AuditEntry entry) {
  const std::lock_guard lock(mutex_);
  wanted.created_ms = entry.at_ms;
  const auto done = audited(entry, [&] {
    Statement insert(db_,
                     "INSERT INTO tokens(user, organisation, role, name, hash, prefix, scopes, created_ms, expires_ms) "
                     "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)");
    insert.bind(wanted.user).bind(wanted.organisation).bind(static_cast<int64_t>(wanted.role)).bind(wanted.name);
    insert.bind_blob(wanted.hash).bind(wanted.prefix).bind(scope_names(wanted.scopes)).bind(wanted.created_ms);
    const auto inserted = run(insert.bind(wanted.expires_ms));
    wanted.id = last_id();
    return inserted;
  });
  if (!done) return done.error();
  return wanted;
}

Status IdentityDatabase::token_used(int64_t id, int64_t at_ms) {
  const std::lock_guard lock(mutex_);
  Statement update(db_, "UPDATE tokens SET used_ms = ? WHERE id = ?");
  return run(update.bind(at_ms).bind(id));
}

Status IdentityDatabase::revoke_token(int64_t id, AuditEntry entry) {
  const std::lock_guard lock(mutex_);
  return audited(entry, [&] {
    Statement update(db_, "UPDATE tokens SET revoked_ms = ? WHERE id = ? AND revoked_ms IS NULL");
    return change_one(update.bind(entry.at_ms).bind(id), {"gm-token-unknown", "there is no such token"});
  });
}

}  // namespace gm::sqlite
