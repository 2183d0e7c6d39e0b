#include "services/admin/dashboard.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdlib>

#include "lib/http/route_table.h"
#include "lib/io/faulty_file.h"

namespace gm::admin {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr std::array<Asset, 3> kAssets = {{
    {"assets/app-1f.js", "text/javascript; charset=utf-8", "aaaa", "plain script", "brotli script", "gzip script"},
    {"favicon.svg", "image/svg+xml", "bbbb", "<svg/>", "", ""},
    {"index.html", "text/html; charset=utf-8", "cccc", "<html><head><title>x</title></head></html>", "brotli page", ""},
}};

std::string header(const http::Response& response, std::string_view name) {
  for (const auto& [key, value] : response.headers) {
    if (key == name) return value;
  }
  return {};
}

class DashboardTest : public testing::Test {
 protected:
  DashboardTest() {
    register_dashboard(table_, std::make_shared<EmbeddedAssets>(kAssets));
    table_.add(http::Method::get, "/api/v1/project", [](const http::Request&) {
      http::Response response;
      response.body = "the API";
      return response;
    });
  }

  using Headers = std::vector<std::pair<std::string_view, std::string_view>>;
  http::Response get(std::string_view path, Headers headers = {}, http::Method method = http::Method::get) {
    http::Request request;
    request.method = method;
    request.path = path;
    request.headers = std::move(headers);
    return table_.handle(request);
  }

  http::RouteTable table_;
};

TEST_F(DashboardTest, ServesTheIndexAtTheRootWithoutLettingItBeCached) {
  const auto response = get("/");
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.content_type, "text/html; charset=utf-8");
  EXPECT_EQ(response.body, kAssets[2].identity);
  EXPECT_EQ(header(response, "Cache-Control"), "no-cache");
  EXPECT_EQ(header(response, "ETag"), "\"cccc\"");
}

TEST_F(DashboardTest, HashedFilesAreKeptForEver) {
  const auto response = get("/assets/app-1f.js");
  EXPECT_EQ(response.body, "plain script");
  EXPECT_EQ(header(response, "Cache-Control"), "public, max-age=31536000, immutable");
  EXPECT_EQ(header(get("/favicon.svg"), "Cache-Control"), "no-cache");
}

TEST_F(DashboardTest, ChoosesTheSmallestFormTheClientTakes) {
  struct Case {
    std::string_view accept;
    std::string_view coding;
    std::string_view body;
    std::string_view tag;
  };
  const std::array<Case, 6> cases = {{
      {"gzip, deflate, br, zstd", "br", "brotli script", "\"aaaa-br\""},
      {"gzip;q=1.0, br;q=0.5", "br", "brotli script", "\"aaaa-br\""},
      {"GZIP", "gzip", "gzip script", "\"aaaa-gzip\""},
      {"br;q=0, gzip;q=0.000", "", "plain script", "\"aaaa\""},
      {"identity", "", "plain script", "\"aaaa\""},
      {"", "", "plain script", "\"aaaa\""},
  }};
  for (const Case& one : cases) {
    const auto response = get("/assets/app-1f.js", {{"accept-encoding", one.accept}});
    EXPECT_EQ(header(response, "Content-Encoding"), one.coding) << one.accept;
    EXPECT_EQ(response.body, one.body) << one.accept;
    EXPECT_EQ(header(response, "ETag"), one.tag) << one.accept;
    EXPECT_EQ(header(response, "Vary"), "Accept-Encoding");
  }
}

TEST_F(DashboardTest, AFileWithoutASmallerFormIsSentAsItIs) {
  const auto response = get("/favicon.svg", {{"Accept-Encoding", "br, gzip"}});
  EXPECT_EQ(response.body, "<svg/>");
  EXPECT_EQ(header(response, "Content-Encoding"), "");
}

TEST_F(DashboardTest, AKnownTagIsAnsweredWithoutBody) {
  const auto same = get("/assets/app-1f.js", {{"Accept-Encoding", "br"}, {"If-None-Match", "\"zz\", W/\"aaaa-br\""}});
  EXPECT_EQ(same.status, 304);
  EXPECT_EQ(same.body, "");
  EXPECT_EQ(header(same, "ETag"), "\"aaaa-br\"");
  EXPECT_EQ(header(same, "Cache-Control"), "public, max-age=31536000, immutable");
  // The tag of another form is another representation.
  EXPECT_EQ(get("/assets/app-1f.js", {{"Accept-Encoding", "gzip"}, {"If-None-Match", "\"aaaa-br\""}}).status, 200);
  EXPECT_EQ(get("/", {{"If-None-Match", "\"cccc\""}}).status, 304);
}

TEST_F(DashboardTest, EveryAnswerCarriesTheSecurityHeaders) {
  for (const auto& response : {get("/"), get("/favicon.svg"), get("/a/b", {{"Accept", "text/html"}}),
                               get("/", {{"If-None-Match", "\"cccc\""}})}) {
    const std::string policy = header(response, "Content-Security-Policy");
    EXPECT_THAT(policy, HasSubstr("default-src 'self'"));
    EXPECT_THAT(policy, HasSubstr("frame-ancestors 'none'"));
    EXPECT_THAT(policy, Not(HasSubstr("unsafe")));
    EXPECT_EQ(header(response, "X-Content-Type-Options"), "nosniff");
    EXPECT_EQ(header(response, "Referrer-Policy"), "no-referrer");
  }
}

TEST_F(DashboardTest, PagesOfTheApplicationGetTheIndex) {
  const auto response = get("/live", {{"Accept", "text/html,application/xhtml+xml"}, {"Accept-Encoding", "br"}});
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.body, "brotli page");
}

TEST_F(DashboardTest, ADeepPageFindsItsFilesAboveIt) {
  EXPECT_EQ(get("/players/p-17/days", {{"Accept", "text/html"}}).body,
            "<html><head><base href=\"../../\"><title>x</title></head></html>");
  EXPECT_EQ(get("/players/", {{"Accept", "text/html"}}).body,
            "<html><head><base href=\"../\"><title>x</title></head></html>");
}

TEST_F(DashboardTest, ApiPathsNeverBecomeAWebPage) {
  EXPECT_EQ(get("/api/v1/project", {{"Accept", "text/html"}}).body, "the API");
  for (const std::string_view path : {"/api/v1/unknown", "/api", "/v1/events", "/batch/", "/e/", "/i/v0/e/", "/flags/",
                                      "/assets/gone.js", "/metrics"}) {
    const auto response = get(path, {{"Accept", "text/html"}});
    EXPECT_EQ(response.status, 404) << path;
    EXPECT_EQ(response.content_type, "application/problem+json") << path;
    EXPECT_THAT(response.body, HasSubstr("gm-route-unknown")) << path;
  }
}

TEST_F(DashboardTest, WhoAsksForNoHtmlGetsAnError) {
  EXPECT_EQ(get("/live", {{"Accept", "*/*"}}).status, 404);
  EXPECT_EQ(get("/live").status, 404);
}

TEST_F(DashboardTest, AWrongPathIsNotAWrongMethod) {
  EXPECT_EQ(get("/nowhere", {}, http::Method::post).status, 404);
  EXPECT_EQ(get("/nowhere", {}, http::Method::del).status, 404);
  EXPECT_EQ(get("/api/v1/project", {}, http::Method::post).status, 405);
}

class DirectoryTest : public testing::Test {
 protected:
  DirectoryTest() : files_(std::make_shared<io::FaultyFileSystem>()), source_(files_, "dist") {
    EXPECT_TRUE(files_->make_directories("dist/assets").ok());
    files_->put("dist/index.html", "<head></head>");
    files_->put("dist/assets/a.css", "a{}");
    files_->put("dist/.secret", "hidden");
    files_->put("secret", "outside");
  }

  std::shared_ptr<io::FaultyFileSystem> files_;
  DirectoryAssets source_;
};

TEST_F(DirectoryTest, ServesWhatIsThereNowAndNeverFromACache) {
  http::RouteTable table;
  register_dashboard(table, std::make_shared<DirectoryAssets>(files_, "dist"));
  http::Request request;
  request.path = "/assets/a.css";
  const auto response = table.handle(request);
  EXPECT_EQ(response.body, "a{}");
  EXPECT_EQ(response.content_type, "text/css; charset=utf-8");
  EXPECT_EQ(header(response, "Cache-Control"), "no-store");
  EXPECT_EQ(header(response, "ETag"), "");
  files_->put("dist/assets/a.css", "b{}");
  EXPECT_EQ(table.handle(request).body, "b{}");
}

TEST_F(DirectoryTest, NeverLeavesTheFolder) {
  using namespace std::string_view_literals;
  for (const std::string_view path :
       {"../secret"sv, "assets/../../secret"sv, "/secret"sv, "assets//a.css"sv, ".secret"sv, "assets/"sv, ""sv,
        "..\\secret"sv, "index.html\0.css"sv, "assets/./a.css"sv}) {
    EXPECT_FALSE(source_.find(path).has_value()) << path;
  }
  EXPECT_TRUE(source_.find("assets/a.css").has_value());
}

TEST_F(DirectoryTest, AMissingOrUnreadableFileIsNotThere) {
  EXPECT_FALSE(source_.find("gone.js").has_value());
  files_->fail_call(1, io::Fault::io_error);
  EXPECT_FALSE(source_.find("index.html").has_value());
}

TEST(EmbeddedAssets, TheBuildPutAPageIntoTheBinary) {
  const EmbeddedAssets source(embedded_assets());
  const auto index = source.find("index.html");
  ASSERT_TRUE(index.has_value());
  EXPECT_THAT(std::string(index->asset.identity), HasSubstr("<title>GameMetrics Pro</title>"));
  EXPECT_EQ(index->asset.content_type, "text/html; charset=utf-8");
  EXPECT_EQ(index->asset.tag.size(), 20u);
}

TEST(EmbeddedAssets, EveryFileIsFoundAndItsSmallerFormsAreSmaller) {
  const EmbeddedAssets source(embedded_assets());
  for (const Asset& asset : embedded_assets()) {
    EXPECT_TRUE(source.find(asset.path).has_value()) << asset.path;
    EXPECT_FALSE(asset.identity.empty()) << asset.path;
    EXPECT_EQ(asset.content_type, content_type_of(asset.path)) << asset.path;
    if (!asset.brotli.empty()) {
      EXPECT_LT(asset.brotli.size(), asset.identity.size()) << asset.path;
    }
    if (!asset.gzip.empty()) {
      EXPECT_LT(asset.gzip.size(), asset.identity.size()) << asset.path;
      EXPECT_EQ(asset.gzip.substr(0, 2), "\x1f\x8b") << asset.path;
    }
  }
}

TEST(Settings, UiDirReplacesTheEmbeddedPage) {
  auto settings = config::Settings::defaults();
  ASSERT_TRUE(settings.set("ui.dir", std::string(GM_SOURCE_DIR) + "/web/dashboard/public", "test").ok());
  http::RouteTable table;
  register_dashboard(table, settings);
  http::Request request;
  request.path = "/theme.js";
  const auto response = table.handle(request);
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(header(response, "Cache-Control"), "no-store");
  // The folder has no index.html, and the embedded one does not stand in for it.
  request.path = "/";
  EXPECT_EQ(table.handle(request).status, 404);
}

}  // namespace
}  // namespace gm::admin
