#include "lib/security/id_token.h"

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <nlohmann/json.hpp>
#include <vector>

#include "lib/security/strict_json.h"
#include "lib/security/token_signer_test.h"

namespace gm::security {
namespace {

using Json = nlohmann::ordered_json;

constexpr int64_t kNowMs = 1'795'763'100'000;
constexpr int64_t kNowS = kNowMs / 1000;

SigningKeys keys_of(const std::vector<Json>& list) {
  Json set;
  set["keys"] = list;
  return SigningKeys::parse(set.dump()).value();
}

const IdTokenRules kRules{"https://id.example", "gamemetrics", "a nonce", kNowMs};

class IdTokenTest : public testing::Test {
 protected:
  static Json claims() {
    return {{"iss", "https://id.example"}, {"aud", "gamemetrics"},   {"sub", "ada-1"},
            {"nonce", "a nonce"},          {"exp", kNowS + 300},     {"iat", kNowS},
            {"email", "ada@x.example"},    {"email_verified", true}, {"name", "Ada"}};
  }
  std::string checked(const std::string& token) const {
    const auto done = check_id_token(token, keys, kRules);
    return done ? "ok" : done.error().code;
  }
  std::string with_claims(const Json& payload) const {
    return checked(signer.token(signer.header().dump(), payload.dump()));
  }
  std::string with_claim(const char* name, const Json& value) const {
    Json changed = claims();
    changed[name] = value;
    return with_claims(changed);
  }
  std::string without_claim(const char* name) const {
    Json changed = claims();
    changed.erase(name);
    return with_claims(changed);
  }
  std::string with_header(const Json& header) const { return checked(signer.token(header.dump(), claims().dump())); }
  std::string with_header_member(const char* name, const Json& value) const {
    Json changed = signer.header();
    changed[name] = value;
    return with_header(changed);
  }

  static constexpr const char* kRefused = "gm-oidc-token-refused";
  TokenSigner signer{"k1", "ES256"};
  SigningKeys keys = keys_of({signer.jwk()});
};

TEST_F(IdTokenTest, EachAllowedAlgorithmIsTakenByItsOwnTypeOfKey) {
  for (const char* algorithm : {"RS256", "ES256", "EdDSA"}) {
    const TokenSigner one("k1", algorithm);
    const auto done = check_id_token(one.token(one.header().dump(), claims().dump()), keys_of({one.jwk()}), kRules);
    ASSERT_TRUE(done.ok()) << algorithm << ": " << done.error().message;
    EXPECT_EQ(done->subject, "ada-1");
    EXPECT_EQ(done->email, "ada@x.example");
    EXPECT_EQ(done->name, "Ada");
    for (const char* other : {"RS256", "ES256", "EdDSA"}) {
      Json header = one.header();
      header["alg"] = other;
      const auto crossed = check_id_token(one.token(header.dump(), claims().dump()), keys_of({one.jwk()}), kRules);
      EXPECT_EQ(crossed.ok(), std::string_view(algorithm) == other) << algorithm << " as " << other;
    }
  }
}

TEST_F(IdTokenTest, AlgNoneIsRefusedHoweverItIsWritten) {
  for (const char* none : {"none", "None", "NONE", "nOnE", "", " none", "HS256", "HS384", "HS512", "RS1", "RS384",
                           "PS256", "ES384", "ES256K", "es256", "dir"}) {
    const std::string header = Json{{"alg", none}, {"kid", "k1"}}.dump();
    EXPECT_EQ(checked(base64url(header) + "." + base64url(claims().dump()) + "."), kRefused) << none;
    EXPECT_EQ(with_header_member("alg", none), kRefused) << none;
  }
  for (const Json& none : {Json(), Json(0), Json::parse(R"(["ES256"])"), Json::object()})
    EXPECT_EQ(with_header_member("alg", none), kRefused) << none;
  Json missing = signer.header();
  missing.erase("alg");
  EXPECT_EQ(with_header(missing), kRefused);
}

TEST_F(IdTokenTest, APublicKeyIsNoHmacSecret) {
  const TokenSigner rsa("k1", "RS256");
  const SigningKeys set = keys_of({rsa.jwk()});
  const std::string signed_bytes =
      base64url(Json{{"alg", "HS256"}, {"kid", "k1"}}.dump()) + "." + base64url(claims().dump());
  for (const std::string& secret : {rsa.public_pem(), rsa.jwk().dump(), rsa.jwk()["n"].get<std::string>()}) {
    std::string mac(32, '\0');
    unsigned int length = 0;
    HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
         reinterpret_cast<const unsigned char*>(signed_bytes.data()), signed_bytes.size(),
         reinterpret_cast<unsigned char*>(mac.data()), &length);
    EXPECT_EQ(check_id_token(signed_bytes + "." + base64url(mac), set, kRules).error().code, kRefused);
  }
}

TEST_F(IdTokenTest, WeakAndSymmetricKeysOfASetAreNotUsed) {
  const TokenSigner weak("weak", "RS256", 1024);
  EXPECT_EQ(keys_of({weak.jwk()}).size(), 0u);
  EXPECT_EQ(keys_of({Json{{"kty", "oct"}, {"kid", "k1"}, {"k", base64url("secret")}}}).size(), 0u) << "a shared secret";
  Json encrypting = signer.jwk();
  encrypting["use"] = "enc";
  EXPECT_EQ(keys_of({encrypting}).size(), 0u);
  Json signing_only = signer.jwk();
  signing_only["key_ops"] = Json::parse(R"(["sign"])");
  EXPECT_EQ(keys_of({signing_only}).size(), 0u);
  Json other = signer.jwk();
  other["alg"] = "HS256";
  EXPECT_EQ(keys_of({other}).size(), 0u);
  Json off_curve = signer.jwk();
  off_curve["y"] = base64url(std::string(32, '\x01'));
  EXPECT_EQ(keys_of({off_curve}).size(), 0u) << "a point that is not on the curve";
  Json one = TokenSigner("k2", "RS256").jwk();
  one["e"] = base64url("\x01");
  EXPECT_EQ(keys_of({one}).size(), 0u) << "an exponent of 1 lets everything pass";
}

TEST_F(IdTokenTest, KeysThatTheHeaderBringsAlongAreNotLookedAt) {
  const TokenSigner own("k1", "ES256");
  for (const char* member : {"jwk", "jku", "x5u", "x5c"}) {
    Json header = signer.header();
    header[member] = std::string_view(member) == "jwk" ? own.jwk() : Json("https://evil.example/keys");
    EXPECT_EQ(checked(own.token(header.dump(), claims().dump())), kRefused) << member;
    EXPECT_EQ(checked(signer.token(header.dump(), claims().dump())), "ok") << member << " changes nothing";
  }
}

TEST_F(IdTokenTest, AKidOnlyNamesAKeyOfTheSet) {
  for (const char* path :
       {"../../../../dev/null", "/dev/null", "' OR 1=1 --", "https://evil.example/k1", "k1\x01", "K1", "k", ""})
    EXPECT_EQ(with_header_member("kid", path), "gm-oidc-key-unknown") << path;
  for (const Json& none : {Json(), Json(1), Json::parse(R"(["k1"])"), Json(std::string(201, 'k'))})
    EXPECT_EQ(with_header_member("kid", none), kRefused) << none;
  Json unnamed = signer.header();
  unnamed.erase("kid");
  EXPECT_EQ(with_header(unnamed), "ok") << "the only key of its type";
  keys = keys_of({signer.jwk(), TokenSigner("k2", "ES256").jwk()});
  EXPECT_EQ(with_header(unnamed), "gm-oidc-key-unknown") << "which of two is not said";
  EXPECT_EQ(with_header(signer.header()), "ok");
  keys = keys_of({signer.jwk(), TokenSigner("k1", "ES256").jwk()});
  EXPECT_EQ(with_header(signer.header()), "gm-oidc-key-unknown") << "two of one name";
}

TEST_F(IdTokenTest, ExtensionsOfTheHeaderAreRefused) {
  EXPECT_EQ(with_header_member("crit", Json::parse(R"(["b64"])")), kRefused);
  EXPECT_EQ(with_header_member("crit", Json::array()), kRefused);
  EXPECT_EQ(with_header_member("b64", false), kRefused);
  EXPECT_EQ(with_header_member("b64", true), kRefused);
  EXPECT_EQ(with_header_member("zip", "DEF"), kRefused);
}

TEST_F(IdTokenTest, ATokenOfAnotherTypeIsNoIdToken) {
  for (const char* other : {"at+jwt", "application/at+jwt", "logout+jwt", "dpop+jwt", "JOSE", ""})
    EXPECT_EQ(with_header_member("typ", other), kRefused) << other;
  Json header = signer.header();
  header.erase("typ");
  EXPECT_EQ(with_header(header), "ok");
}

TEST_F(IdTokenTest, EveryClaimThatBindsItIsChecked) {
  EXPECT_EQ(with_claims(claims()), "ok");
  for (const char* needed : {"iss", "aud", "sub", "nonce", "exp", "iat"}) {
    EXPECT_EQ(without_claim(needed), kRefused) << needed;
    for (const Json& none : {Json(), Json(true), Json::object(), Json(""), Json(-1), Json::array()})
      EXPECT_EQ(with_claim(needed, none), kRefused) << needed << " " << none;
  }
  EXPECT_EQ(with_claim("iss", "https://id.example/"), kRefused) << "another issuer by one character";
  EXPECT_EQ(with_claim("iss", "https://evil.example"), kRefused) << "mixed up with another provider";
  EXPECT_EQ(with_claim("nonce", "another nonce"), kRefused) << "replayed from another sign-in";
  EXPECT_EQ(with_claim("sub", std::string(256, 's')), kRefused);
}

TEST_F(IdTokenTest, ASignInWithoutANonceIsNotAnswered) {
  IdTokenRules rules = kRules;
  rules.nonce = "";
  const std::string token = signer.token(signer.header().dump(), Json(claims()).dump());
  EXPECT_FALSE(check_id_token(token, keys, rules).ok());
}

TEST_F(IdTokenTest, ItIsForThisClientAndNobodyElse) {
  EXPECT_EQ(with_claim("aud", "another"), kRefused);
  EXPECT_EQ(with_claim("aud", Json::parse(R"(["gamemetrics"])")), "ok");
  EXPECT_EQ(with_claim("aud", Json::parse(R"(["another","gamemetrics"])")), kRefused) << "without azp";
  Json both = claims();
  both["aud"] = Json::parse(R"(["another","gamemetrics"])");
  both["azp"] = "gamemetrics";
  EXPECT_EQ(with_claims(both), "ok");
  EXPECT_EQ(with_claim("azp", "another"), kRefused);
  EXPECT_EQ(with_claim("azp", Json()), kRefused);
}

TEST_F(IdTokenTest, TimesAreCheckedWithAMinuteOfLeewayAndNoMore) {
  EXPECT_EQ(with_claim("exp", kNowS - 59), "ok");
  EXPECT_EQ(with_claim("exp", kNowS - 60), kRefused);
  EXPECT_EQ(with_claim("iat", kNowS + 60), "ok");
  EXPECT_EQ(with_claim("iat", kNowS + 61), kRefused);
  EXPECT_EQ(with_claim("iat", kNowS - 600), "ok");
  EXPECT_EQ(with_claim("iat", kNowS - 601), kRefused) << "kept and shown later";
  EXPECT_EQ(with_claim("nbf", kNowS + 60), "ok");
  EXPECT_EQ(with_claim("nbf", kNowS + 61), kRefused);
  EXPECT_EQ(with_claim("nbf", "now"), kRefused);
  EXPECT_EQ(with_claim("exp", std::to_string(kNowS + 300)), kRefused) << "a text";
  EXPECT_EQ(with_claim("exp", 1e300), kRefused);
}

TEST_F(IdTokenTest, AMemberThatIsThereTwiceIsRefused) {
  const std::string header = signer.header().dump(), payload = claims().dump();
  const auto twice = [](std::string text, const std::string& member) { return text.insert(1, member + ","); };
  EXPECT_EQ(checked(signer.token(twice(header, R"("alg":"none")"), payload)), kRefused);
  EXPECT_EQ(checked(signer.token(header, twice(payload, R"("sub":"admin")"))), kRefused);
  EXPECT_EQ(checked(signer.token(header, twice(payload, R"("\u0073ub":"admin")"))), kRefused) << "written otherwise";
  EXPECT_EQ(checked(signer.token(header, twice(payload, R"("x":{"a":1,"a":2})"))), kRefused) << "further in";
  EXPECT_FALSE(SigningKeys::parse(R"({"keys":[],"keys":[]})").ok());
}

TEST_F(IdTokenTest, WhatIsTooLongOrTooDeepIsRefused) {
  EXPECT_EQ(with_claim("x", std::string(kIdTokenBytesMax, 'x')), kRefused);
  EXPECT_EQ(checked(std::string(50'000'000, 'a')), kRefused);
  std::string deep = claims().dump();
  deep.insert(1, R"("x":)" + std::string(2000, '[') + std::string(2000, ']') + ",");
  EXPECT_EQ(checked(signer.token(signer.header().dump(), deep)), kRefused);
  EXPECT_FALSE(SigningKeys::parse(std::string(300 << 10, ' ')).ok());
  Json many = Json::array();
  for (size_t i = 0; i <= SigningKeys::kKeysMax; ++i) many.push_back(signer.jwk());
  EXPECT_FALSE(SigningKeys::parse(Json{{"keys", many}}.dump()).ok());
}

TEST_F(IdTokenTest, EveryChangedCharacterIsRefused) {
  const std::string token = signer.token(signer.header().dump(), claims().dump());
  ASSERT_EQ(checked(token), "ok");
  for (size_t i = 0; i < token.size(); ++i) {
    std::string changed = token;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    EXPECT_NE(checked(changed), "ok") << i;
  }
  for (const std::string& spelt :
       {token + "=", token + "A", token + ".", "." + token, token + "\n", " " + token,
        token.substr(0, token.rfind('.')), token.substr(0, token.rfind('.') + 1), std::string(), std::string("..")})
    EXPECT_EQ(checked(spelt), kRefused) << spelt;
}

TEST_F(IdTokenTest, AnotherSpellingOfTheSameBytesIsRefused) {
  EXPECT_EQ(strict_base64url("QQ"), "A");
  for (const char* other : {"QR", "QQ==", "Q", "QQ\n", "Q+", "Q/", "QQ "})
    EXPECT_FALSE(strict_base64url(other)) << other;
  EXPECT_EQ(strict_base64url(""), "");
  EXPECT_EQ(strict_base64url("-_-_"), "\xfb\xff\xbf");
}

TEST_F(IdTokenTest, ASignatureOfZerosOrOfAnotherKeyIsWrong) {
  const std::string signed_bytes = base64url(signer.header().dump()) + "." + base64url(claims().dump());
  EXPECT_EQ(checked(signed_bytes + "." + base64url(std::string(64, '\0'))), kRefused) << "r = s = 0";
  EXPECT_EQ(checked(signed_bytes + "." + base64url(std::string(63, 'x'))), kRefused);
  EXPECT_EQ(checked(TokenSigner("k1", "ES256").token(signer.header().dump(), claims().dump())), kRefused);
}

TEST_F(IdTokenTest, AnAddressCountsOnlyWhenTheProviderVouchesForIt) {
  for (const Json& no : {Json(false), Json("true"), Json(1), Json()}) {
    Json payload = claims();
    payload["email_verified"] = no;
    const auto done = check_id_token(signer.token(signer.header().dump(), payload.dump()), keys, kRules);
    ASSERT_TRUE(done.ok()) << done.error().message;
    EXPECT_EQ(done->email, "") << no;
  }
}

}  // namespace
}  // namespace gm::security
