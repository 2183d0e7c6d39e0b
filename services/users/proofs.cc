#include "services/users/proofs.h"

#include <algorithm>

#include "lib/security/keys.h"
#include "lib/security/one_time_code.h"
#include "lib/security/secret_text.h"

namespace gm::users {
namespace {

constexpr size_t kRecoveryLength = 24;
constexpr size_t kGroupLength = 4;

Error locked() { return {"gm-login-locked", "too many wrong passwords and codes; try again later"}; }

bool is_digits(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

// Crockford base32 reads these as the digits that they look like.
char as_written(char c) {
  if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
  if (c == 'o') return '0';
  return c == 'i' || c == 'l' ? '1' : c;
}

}  // namespace

std::string without_gaps(std::string_view text) {
  std::string out;
  std::ranges::copy_if(text, std::back_inserter(out), [](char c) { return c != ' ' && c != '-'; });
  return out;
}

std::string second_factor_purpose(int64_t user) { return "second factor of user " + std::to_string(user); }

std::string make_recovery_code(Random& random) {
  const std::string characters = security::random_text(kRecoveryLength, random);
  std::string code;
  for (size_t i = 0; i < characters.size(); ++i) {
    if (i != 0 && i % kGroupLength == 0) code += '-';
    code += characters[i];
  }
  return code;
}

std::string recovery_hash(std::string_view code) {
  std::string text = without_gaps(code);
  std::ranges::transform(text, text.begin(), as_written);
  return security::hash_key(text);
}

Status Proofs::password(const std::optional<identity::User>& user, std::string_view email, std::string_view text) {
  // Kept for addresses that nobody has, too: else a lockout would tell which there are.
  const std::string subject = security::hash_key(email);
  const auto failures = d_.store.login_failures(subject);
  if (!failures) return failures.error();
  if (failures->locked_until_ms > d_.clock.now_ms()) return locked();
  const bool usable = user && !user->disabled_ms;
  const auto right = d_.passwords.fits(text, usable ? user->password : std::string());
  if (!right) return right.error();
  if (!*right) {
    const auto counted = d_.store.count_login_failure(subject, d_.clock.now_ms(), lockout_);
    if (!counted) return counted.error();
    return Error{"gm-login-failed", "address or password is wrong"};
  }
  // Else whoever knows the password could try codes without an end.
  if (failures->count == 0 || user->second_factor) return {};
  return d_.store.clear_login_failures(subject);
}

// Counted before it is looked at: of many that are sent at once no more are tried than the lockout allows.
Status Proofs::code(const identity::User& user, std::string_view text, const Actor& actor) {
  const std::string subject = security::hash_key(user.email);
  const auto counted = d_.store.count_login_failure(subject, d_.clock.now_ms(), lockout_);
  if (!counted) return counted.error();
  if (!*counted) return locked();
  const auto right = is_code(user.id, text, actor);
  if (!right) return right.error();
  if (!*right) return Error{"gm-second-factor-wrong", "the code is not right, or was used before"};
  return d_.store.clear_login_failures(subject);
}

Result<bool> Proofs::is_code(int64_t user, std::string_view text, const Actor& actor) {
  const std::string code = without_gaps(text);
  if (code.size() == security::kOneTimeDigits && is_digits(code)) return is_app_code(user, code);
  if (code.size() != kRecoveryLength) return false;
  return d_.store.take_recovery_code(
      user, recovery_hash(code),
      audit_entry(actor, 0, d_.clock.now_ms(),
                  {"second_factor.recovery_code_used", "user:" + std::to_string(user), "", ""}));
}

Result<bool> Proofs::is_app_code(int64_t user, std::string_view digits) {
  const auto factor = d_.store.second_factor(user);
  if (!factor) return factor.error();
  if (!*factor || !(*factor)->confirmed_ms) return false;
  const auto secret = d_.seal.open((*factor)->sealed, second_factor_purpose(user));
  if (!secret) return secret.error();
  const auto step = security::matching_step(*secret, digits, d_.clock.now_ms(), (*factor)->step);
  if (!step) return false;
  return d_.store.take_step(user, *step);
}

}  // namespace gm::users
