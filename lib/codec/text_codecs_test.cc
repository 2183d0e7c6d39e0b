#include "lib/codec/text_codecs.h"

#include <gtest/gtest.h>

namespace gm::codec {
namespace {

TEST(UrlDecode, UndoesPercentSignsAndPlusOnlyInForms) {
  EXPECT_EQ(url_decode("a%20b%2Fc+d", PlusSign::kept), "a b/c+d");
  EXPECT_EQ(url_decode("a%20b+c", PlusSign::is_space), "a b c");
  EXPECT_EQ(url_decode("%41%6a%4A", PlusSign::kept), "AjJ");
  EXPECT_EQ(url_decode("", PlusSign::kept), "");
}

TEST(UrlDecode, RefusesABrokenEscape) {
  for (const char* text : {"%", "a%4", "%4", "%zz", "%4g", "abc%"})
    EXPECT_FALSE(url_decode(text, PlusSign::kept)) << text;
}

TEST(FormValue, FindsTheFirstValueOfAName) {
  EXPECT_EQ(form_value("a=1&data=x%3Dy&data=z", "data"), "x=y");
  EXPECT_EQ(form_value("data", "data"), "");
  EXPECT_EQ(form_value("d%61ta=1", "data"), "1");
  EXPECT_FALSE(form_value("a=1&b=2", "data"));
  EXPECT_FALSE(form_value("data=%zz", "data"));
  EXPECT_FALSE(form_value("", "data"));
  EXPECT_EQ(form_value("&&data=1&", "data"), "1");
}

TEST(Base64, DecodesBothAlphabetsWithOrWithoutPadding) {
  // The vectors of RFC 4648 section 10.
  const std::pair<const char*, const char*> vectors[] = {{"", ""},
                                                         {"Zg==", "f"},
                                                         {"Zm8=", "fo"},
                                                         {"Zm9v", "foo"},
                                                         {"Zm9vYg==", "foob"},
                                                         {"Zm9vYmE=", "fooba"},
                                                         {"Zm9vYmFy", "foobar"}};
  for (const auto& [coded, plain] : vectors) {
    EXPECT_EQ(base64_decode(coded), plain);
    EXPECT_EQ(base64_encode(plain), coded);
  }
  EXPECT_EQ(base64_decode("Zm9vYg"), "foob");
  EXPECT_EQ(base64_decode("-_8="), "\xfb\xff");
  EXPECT_EQ(base64_decode("+/8="), "\xfb\xff");
}

TEST(Base64, RefusesWhatIsNotBase64) {
  for (const char* text : {"Z", "Zm9vY", "Zm 9v", "Zm9v\n", "====", "Zg=x", "Zm9v!"})
    EXPECT_FALSE(base64_decode(text)) << text;
}

TEST(Base64, AllBytesSurviveARoundTrip) {
  std::string bytes;
  for (int length = 0; length < 300; ++length) {
    EXPECT_EQ(base64_decode(base64_encode(bytes)), bytes);
    bytes += static_cast<char>(length * 37);
  }
}

TEST(Utf8, IsToldFromOtherBytes) {
  EXPECT_TRUE(is_utf8(""));
  EXPECT_TRUE(is_utf8("Zo\xC3\xAB \xF0\x9F\x98\x80"));
  for (const char* bad : {"\xFF", "\xC3", "\xC0\xAF", "\xED\xA0\x80", "\xF4\x90\x80\x80"})
    EXPECT_FALSE(is_utf8(bad)) << bad;
}

}  // namespace
}  // namespace gm::codec
