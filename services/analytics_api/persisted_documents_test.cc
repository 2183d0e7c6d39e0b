#include "services/analytics_api/persisted_documents.h"

#include <gtest/gtest.h>

#include "lib/io/faulty_file.h"

namespace gm::analytics_api {
namespace {

const ProjectId kGame = ProjectId::from_stored(1);
const ProjectId kOther = ProjectId::from_stored(2);
const std::string kText = "{ pipeline { logEnd } }";

GraphqlRequest asked(std::string query, std::string hash = "") {
  GraphqlRequest request;
  request.query = std::move(query);
  request.document_hash = std::move(hash);
  return request;
}

std::string file_of(const std::string& text) { return "{\"" + document_hash(text) + "\": \"" + text + "\"}"; }

TEST(PersistedDocumentsTest, TheHashIsSha256InHexadecimal) {
  EXPECT_EQ(document_hash(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST(PersistedDocumentsTest, AClientRegistersADocumentItself) {
  PersistedDocuments documents({}, false, 1 << 20);
  const std::string hash = document_hash(kText);
  EXPECT_EQ(documents.text_of(kGame, asked("", hash)).error().code, "gm-graphql-persisted-unknown");
  EXPECT_EQ(documents.text_of(kGame, asked("", hash)).error().message, "PersistedQueryNotFound");
  EXPECT_EQ(*documents.text_of(kGame, asked(kText, hash)), kText);
  EXPECT_FALSE(documents.text_of(kGame, asked("", hash)).ok());  // whether it is valid is not known yet
  documents.remember(kGame, asked(kText, hash));
  EXPECT_EQ(*documents.text_of(kGame, asked("", hash)), kText);
  EXPECT_FALSE(documents.text_of(kOther, asked("", hash)).ok());
}

TEST(PersistedDocumentsTest, AHashOfSomethingElseIsRefused) {
  PersistedDocuments documents({}, false, 1 << 20);
  EXPECT_EQ(documents.text_of(kGame, asked(kText, document_hash("other"))).error().code,
            "gm-graphql-persisted-mismatch");
}

TEST(PersistedDocumentsTest, ThoseNotUsedForLongestGo) {
  PersistedDocuments documents({}, false, 800);
  std::vector<std::string> texts;
  for (char c = 'a'; c < 'e'; ++c) texts.push_back("{ " + std::string(100, c) + " }");
  for (const std::string& text : texts) {
    documents.remember(kGame, asked(text, document_hash(text)));
    EXPECT_TRUE(documents.text_of(kGame, asked("", document_hash(texts.front()))).ok());
  }
  EXPECT_FALSE(documents.text_of(kGame, asked("", document_hash(texts[1]))).ok());
  EXPECT_TRUE(documents.text_of(kGame, asked("", document_hash(texts[3]))).ok());
  documents.remember(kGame, asked(std::string(2000, 'x'), document_hash(std::string(2000, 'x'))));
  EXPECT_TRUE(documents.text_of(kGame, asked("", document_hash(texts[3]))).ok());
}

TEST(PersistedDocumentsTest, OnlyWhatIsDeclaredMayRun) {
  DeclaredDocuments declared;
  ASSERT_TRUE(declared.add(kGame, file_of(kText)).ok());
  PersistedDocuments documents(declared, true, 1 << 20);
  EXPECT_EQ(*documents.text_of(kGame, asked("", document_hash(kText))), kText);
  EXPECT_EQ(*documents.text_of(kGame, asked(kText)), kText);
  EXPECT_EQ(documents.text_of(kGame, asked("{ live { asOf } }")).error().code, "gm-graphql-persisted-only");
  EXPECT_EQ(documents.text_of(kOther, asked(kText)).error().code, "gm-graphql-persisted-only");
  const std::string other = "{ live { asOf } }";
  documents.remember(kGame, asked(other, document_hash(other)));
  EXPECT_FALSE(documents.text_of(kGame, asked("", document_hash(other))).ok());
}

TEST(DeclaredDocumentsTest, AFileIsReadForEachProject) {
  io::FaultyFileSystem files;
  ASSERT_TRUE(files.make_directories("lists").ok());
  ASSERT_TRUE(io::replace_file(files, "lists/2.json", file_of(kText)).ok());
  ASSERT_TRUE(io::replace_file(files, "lists/notes.txt", "anything").ok());
  const auto declared = DeclaredDocuments::read("lists", files);
  ASSERT_TRUE(declared.ok()) << declared.error().message;
  EXPECT_TRUE(declared->find(kOther, document_hash(kText)));
  EXPECT_FALSE(declared->find(kGame, document_hash(kText)));
  EXPECT_TRUE(DeclaredDocuments::read("", files).ok());
}

TEST(DeclaredDocumentsTest, AFileThatIsNoListIsRefused) {
  DeclaredDocuments declared;
  for (const char* wrong : {"", "[]", "{\"a\": 1}", "{\"00\": \"{ a }\"}"}) {
    EXPECT_EQ(declared.add(kGame, wrong).error().code, "gm-graphql-persisted-invalid") << wrong;
  }
  io::FaultyFileSystem files;
  ASSERT_TRUE(files.make_directories("lists").ok());
  ASSERT_TRUE(io::replace_file(files, "lists/game.json", "{}").ok());
  EXPECT_EQ(DeclaredDocuments::read("lists", files).error().code, "gm-graphql-persisted-invalid");
  EXPECT_FALSE(DeclaredDocuments::read("elsewhere", files).ok());
}

}  // namespace
}  // namespace gm::analytics_api
