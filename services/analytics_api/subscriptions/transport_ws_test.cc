#include "services/analytics_api/subscriptions/transport_ws.h"

#include <gmock/gmock.h>

namespace gm::analytics_api {
namespace {

using Kind = ClientMessage::Kind;
using testing::HasSubstr;

TEST(TransportWs, ReadsWhatAClientSays) {
  EXPECT_EQ(read_client_message(R"({"type":"connection_init"})")->kind, Kind::connection_init);
  EXPECT_EQ(read_client_message(R"({"type":"pong","payload":null})")->kind, Kind::pong);
  const auto subscribe = read_client_message(R"({"id":"1","type":"subscribe","payload":{"query":"{a}"},"more":0})");
  ASSERT_TRUE(subscribe.ok());
  EXPECT_EQ(subscribe->kind, Kind::subscribe);
  EXPECT_EQ(subscribe->id, "1");
  EXPECT_EQ(subscribe->payload.member("query")->text, "{a}");
  EXPECT_EQ(read_client_message(R"({"id":"ä","type":"complete","payload":7})")->id, "ä");
}

TEST(TransportWs, ARefusalFitsIntoTheReasonOfAClose) {
  const std::string long_id(257, 'x');
  for (const std::string& text :
       {std::string(), std::string("{"), std::string("[]"), std::string("\"ping\""), std::string(R"({"type":7})"),
        std::string(R"({"type":"start","id":"1","payload":{}})"), std::string(R"({"type":"next","id":"1"})"),
        std::string(R"({"type":"subscribe","payload":{}})"),
        std::string(R"({"type":"subscribe","id":"","payload":{}})"),
        std::string(R"({"type":"subscribe","id":1,"payload":{}})"), std::string(R"({"type":"subscribe","id":"1"})"),
        std::string(R"({"type":"subscribe","id":"1","payload":[]})"), std::string(R"({"type":"ping","payload":"x"})"),
        std::string(R"({"type":"connection_init","payload":[1]})"), std::string(R"({"type":"complete"})"),
        R"({"type":"complete","id":")" + long_id + "\"}"}) {
    const auto message = read_client_message(text);
    ASSERT_FALSE(message.ok()) << text;
    EXPECT_EQ(message.error().code, "gm-graphql-message-malformed");
    EXPECT_LE((message.error().code + ": " + message.error().message).size(), 123u) << text;
  }
}

TEST(TransportWs, TheKeyMayHaveAnyCaseOfItsName) {
  const auto key = [](std::string_view payload) { return key_in(graphql::parse_json(payload).value()); };
  EXPECT_EQ(key(R"({"Authorization":"Bearer gm_pk_x"})"), "gm_pk_x");
  EXPECT_EQ(key(R"({"other":1,"authorization":"Bearer gm_pk_y"})"), "gm_pk_y");
  EXPECT_EQ(key(R"({"authorization":"gm_pk_x"})"), "");
  EXPECT_EQ(key(R"({"authorization":{}})"), "");
  EXPECT_EQ(key_in({}), "");
}

TEST(TransportWs, WritesWhatTheServerSays) {
  EXPECT_EQ(pong_message({}), R"({"type":"pong"})");
  EXPECT_EQ(pong_message(graphql::parse_json(R"({"n":1})").value()), R"({"type":"pong","payload":{"n":1}})");
  EXPECT_EQ(next_message("a\"b", R"({"data":null})"), R"({"id":"a\"b","type":"next","payload":{"data":null}})");
  EXPECT_EQ(error_message("1", R"({"errors":[{"message":"m","locations":[{"line":1,"column":2}]}],"extensions":{}})"),
            R"({"id":"1","type":"error","payload":[{"message":"m","locations":[{"line":1,"column":2}]}]})");
  EXPECT_EQ(complete_message("1"), R"({"id":"1","type":"complete"})");
}

}  // namespace
}  // namespace gm::analytics_api
