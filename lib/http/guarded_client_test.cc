#include "lib/http/guarded_client.h"

#include <gtest/gtest.h>

#include "lib/http/server_test_fixture.h"

namespace gm::http {
namespace {

TEST(GuardedUrl, is_https_with_a_host_and_without_a_password) {
  EXPECT_TRUE(check_url("https://hooks.example/a?b=c", false).ok());
  EXPECT_TRUE(check_url("http://hooks.example", true).ok());
  for (const char* wrong :
       {"", "hooks.example/a", "http://hooks.example", "ftp://hooks.example", "file:///etc/passwd", "gopher://x/",
        "https://", "https://user:secret@hooks.example", "https://user@hooks.example", "https://a b/"}) {
    EXPECT_FALSE(check_url(wrong, false).ok()) << wrong;
  }
  EXPECT_FALSE(check_url("https://hooks.example/" + std::string(2000, 'a'), false).ok());
}

TEST(GuardedUrl, is_shown_without_what_may_be_secret) {
  EXPECT_EQ(shown_url("https://hooks.example/services/T0/B0/secret?token=1"), "https://hooks.example");
  EXPECT_EQ(shown_url("https://hooks.example:8443/x"), "https://hooks.example:8443");
}

struct GuardedCall : HttpServer {
  GuardedCall() {
    more_routes = [this](Server& routes) {
      routes.add(Method::post, "/moved", [this](const Request&) {
        Response response = text("elsewhere");
        response.status = 302;
        response.headers.emplace_back("Location", url("/echo"));
        return response;
      });
      routes.add(Method::post, "/sleeps", [this](const Request&) {
        wait_for_gate();
        return text("done");
      });
    };
    options.timeout_ms = 5000;
    options.plain_http = true;
    options.may_call = [](const IpAddress&) { return true; };
  }
  std::string url(const std::string& path) const { return "http://127.0.0.1:" + std::to_string(server->port()) + path; }
  Result<ClientResponse> post(const std::string& path, std::string_view body = "body") const {
    return GuardedClient(options).post(url(path), {{"Content-Type", "text/plain"}}, body);
  }

  GuardedOptions options;
};

TEST_F(GuardedCall, says_what_was_sent_and_gives_what_is_answered) {
  start();
  const auto answer = post("/echo", "hello");
  ASSERT_TRUE(answer.ok()) << answer.error().message;
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(answer->body, "hello");
  EXPECT_EQ(post("/none")->status, 404);
}

TEST_F(GuardedCall, of_a_long_answer_the_first_bytes_are_kept) {
  options.answer_bytes_max = 10;
  start();
  const auto answer = post("/echo", std::string(1 << 20, 'x'));
  ASSERT_TRUE(answer.ok()) << answer.error().message;
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(answer->body, "xxxxxxxxxx");
}

TEST_F(GuardedCall, redirects_are_answers_and_not_followed) {
  start();
  const auto answer = post("/moved");
  ASSERT_TRUE(answer.ok());
  EXPECT_EQ(answer->status, 302);
  EXPECT_EQ(answer->body, "elsewhere");
}

TEST_F(GuardedCall, an_address_that_may_not_be_called_is_never_connected_to) {
  std::vector<std::string> judged;
  options.may_call = [&](const IpAddress& address) {
    judged.push_back(address.to_string());
    return false;
  };
  start();
  const auto answer = post("/echo");
  ASSERT_FALSE(answer.ok());
  EXPECT_EQ(answer.error().code, "gm-address-refused");
  EXPECT_EQ(judged, std::vector<std::string>{"127.0.0.1"});
}

TEST_F(GuardedCall, every_address_of_a_name_is_judged_by_itself) {
  std::vector<std::string> judged;
  options.may_call = [&](const IpAddress& address) {
    judged.push_back(address.to_string());
    return address.is_v4();
  };
  start();
  const auto answer =
      GuardedClient(options).post("http://localhost:" + std::to_string(server->port()) + "/echo", {}, "x");
  ASSERT_TRUE(answer.ok()) << answer.error().message;
  EXPECT_EQ(judged.back(), "127.0.0.1");
}

TEST_F(GuardedCall, ends_when_its_time_is_over_or_the_process_stops) {
  options.timeout_ms = 200;
  start();
  EXPECT_EQ(post("/sleeps").error().code, "gm-http-client-failed");
  options.timeout_ms = 60'000;
  options.stopping = [] { return true; };
  EXPECT_EQ(post("/sleeps").error().code, "gm-http-client-failed");
}

TEST_F(GuardedCall, plain_http_is_not_spoken_unless_it_may_be) {
  options.plain_http = false;
  start();
  EXPECT_EQ(post("/echo").error().code, "gm-url-refused");
}

}  // namespace
}  // namespace gm::http
