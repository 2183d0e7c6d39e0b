#include "lib/graphql/service.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace gm::graphql {
namespace {

using Json = nlohmann::json;
using Outcome = ServiceResponse::Outcome;

constexpr std::string_view kSdl = R"(
directive @cost(weight: Int!) on FIELD_DEFINITION
directive @listSize(assumedSize: Int, slicingArguments: [String!]) on FIELD_DEFINITION
type Query {
  item: Item
  items(first: Int = 2): [Item!] @listSize(slicingArguments: ["first"]) @cost(weight: 5)
  holes: [Int]
  big: String
  echo(text: String, input: Input): String
}
input Input { a: Int b: [String!] = ["x"] }
type Item { name: String! fails: Int needed: Int! other: Item parts: [Item!]! @listSize(assumedSize: 10) }
type Mutation { change: Int }
type Subscription { ticks(from: Int! = 0): Int }
)";

// Counts, an event each time it is asked.
class Ticks final : public Source {
 public:
  explicit Ticks(int from) : next_(from) {}
  Kind kind() const override { return Kind::events; }
  Taken take() override { return {Value::Object{std::make_shared<const int>(next_++), {}}, 0, false}; }
  int64_t interval_ms() const override { return 1; }

 private:
  int next_;
};

struct ServiceTest : testing::Test {
  ServiceTest() {
    limits.operation = {5, 3, 4, 100};
    BuiltSchema built = Schema::build(kSdl);
    schema = std::move(built.schema);
    static const int anything = 0;
    const auto set = [&](std::string_view type, std::string_view field, Value value) {
      schema->resolve(type, field, [value](const Call&) -> Result<Value> { return value; });
    };
    const Value item = Value::object_at(&anything);
    set("Query", "item", item);
    set("Query", "holes", std::vector<Value>{1, Value(), 3});
    set("Query", "big", std::string(1000, 'x'));
    set("Item", "name", "a \"name\"");
    set("Item", "needed", Value());
    set("Item", "other", item);
    set("Item", "parts", std::vector<Value>{item, item});
    set("Mutation", "change", 1);
    schema->resolve("Subscription", "ticks",
                    [](const Call& call) -> Result<Value> { return Value(call.object<int>()); });
    schema->subscribe("ticks", [](const Call& call) -> Result<std::unique_ptr<Source>> {
      if (call.arguments.integer("from") < 0) return Error{"gm-query-invalid", "from is below 0"};
      return std::unique_ptr<Source>(new Ticks(static_cast<int>(call.arguments.integer("from"))));
    });
    schema->resolve("Query", "items", [item](const Call& call) -> Result<Value> {
      return Value(std::vector<Value>(static_cast<size_t>(call.arguments.integer("first")), item));
    });
    schema->resolve("Item", "fails", [](const Call&) -> Result<Value> { return Error{"gm-some-code", "it fails"}; });
    schema->resolve("Query", "echo", [](const Call& call) -> Result<Value> {
      std::string text = call.arguments.given("text") ? call.arguments.text("text") : "nothing";
      if (const InputValue* input = call.arguments.find("input")) append_json(*input, text);
      return Value(text);
    });
  }

  Json run(std::string_view text, std::string_view variables = "null") {
    response = serve(*schema, limits, {.text = text, .operation_name = name, .variables = *parse_json(variables)});
    return Json::parse(response.body);
  }
  std::string code(std::string_view text, std::string_view variables = "null") {
    const Json json = run(text, variables);
    return json.contains("errors") ? json["errors"][0]["extensions"]["code"].get<std::string>() : "";
  }

  std::unique_ptr<Schema> schema;
  ServiceLimits limits;
  std::string name;
  ServiceResponse response;
};

TEST_F(ServiceTest, DataComesInTheOrderOfTheDocument) {
  run("{ b: holes item { other { name } n: name } }");
  EXPECT_TRUE(
      response.body.starts_with(R"({"data":{"b":[1,null,3],"item":{"other":{"name":"a \"name\""},"n":"a \"name\""}},)"))
      << response.body;
}

TEST_F(ServiceTest, AFieldThatFailsIsNullAndSaysWhere) {
  const Json json = run("{ item { fails name } }");
  EXPECT_EQ(json["data"], Json::parse(R"({"item":{"fails":null,"name":"a \"name\""}})"));
  EXPECT_EQ(json["errors"],
            Json::parse(R"([{"message":"it fails","locations":[{"line":1,"column":10}],"path":["item","fails"],
                                             "extensions":{"code":"gm-some-code"}}])"));
}

TEST_F(ServiceTest, NullGoesUpToWhereItIsAllowed) {
  const Json json = run("{ holes item { other { name parts { needed } } } }");
  EXPECT_EQ(json["data"], Json::parse(R"({"holes":[1,null,3],"item":{"other":null}})"));
  ASSERT_EQ(json["errors"].size(), 1u);
  EXPECT_EQ(json["errors"][0]["path"], Json::parse(R"(["item","other","parts",0,"needed"])"));
}

TEST_F(ServiceTest, VariablesAreCoerced) {
  const std::string_view text = "query ($t: String = \"d\", $i: Input) { echo(text: $t, input: $i) }";
  EXPECT_EQ(run(text)["data"]["echo"], "d");
  EXPECT_EQ(run(text, R"({"t":null,"i":{"a":1.0,"b":"y"}})")["data"]["echo"], R"(nothing{"a":1,"b":["y"]})");
  EXPECT_EQ(run(text, R"({"i":{}})")["data"]["echo"], R"(d{"b":["x"]})");
  for (const char* wrong : {R"({"t":1})", R"({"i":1})", R"({"i":{"a":1.5}})", R"({"i":{"a":2147483648}})",
                            R"({"i":{"b":[null]}})", R"({"i":{"c":1}})"}) {
    EXPECT_EQ(code(text, wrong), "gm-graphql-variables") << wrong;
    EXPECT_EQ(response.outcome, Outcome::refused);
  }
}

TEST_F(ServiceTest, AnOperationIsPickedByName) {
  const std::string_view two = "query A { holes } query B { big }";
  EXPECT_EQ(code(two), "gm-graphql-operation-unknown");
  name = "A";
  EXPECT_EQ(run(two)["data"].size(), 1u);
  name = "C";
  EXPECT_EQ(code(two), "gm-graphql-operation-unknown");
  name = "";
  EXPECT_EQ(code("fragment F on Item { name }"), "gm-graphql-invalid");
  EXPECT_EQ(code("subscription { ticks }"), "gm-graphql-operation-unknown");
}

TEST_F(ServiceTest, QueriesOnly) {
  const auto mutation = serve(*schema, limits, {.text = "mutation { change }", .queries_only = true});
  EXPECT_EQ(mutation.outcome, Outcome::method);
  EXPECT_EQ(serve(*schema, limits, {.text = "{ holes }", .queries_only = true}).outcome, Outcome::executed);
  EXPECT_EQ(serve(*schema, limits, {.text = "mutation { change }"}).outcome, Outcome::executed);
  EXPECT_EQ(serve(*schema, limits, {.text = "subscription { ticks }", .queries_only = true}).outcome, Outcome::method);
}

TEST_F(ServiceTest, ASubscriptionHasAResponseForEachEventOfItsSource) {
  const Prepared prepared = prepare(*schema, limits,
                                    {.text = "subscription ($n: Int!) { t: ticks(from: $n) }",
                                     .variables = *parse_json(R"({"n":41})"),
                                     .queries_only = true,
                                     .subscriptions = true});
  ASSERT_TRUE(prepared.operation) << prepared.refusal.body;
  EXPECT_TRUE(prepared.operation->is_subscription());
  const Subscribed subscribed = subscribe(*schema, *prepared.operation, nullptr);
  ASSERT_TRUE(subscribed.source);
  for (const int expected : {41, 42}) {
    const Source::Taken taken = subscribed.source->take();
    const auto answer = graphql::run(*schema, limits, *prepared.operation, {.event = *taken.event});
    EXPECT_EQ(Json::parse(answer.body)["data"]["t"], expected);
  }
}

TEST_F(ServiceTest, ASubscriptionIsRefusedBeforeItBegins) {
  const auto refusal = [&](std::string_view text) {
    return prepare(*schema, limits, {.text = text, .subscriptions = true}).refusal.code;
  };
  EXPECT_EQ(refusal("subscription { ticks }"), "");
  EXPECT_EQ(refusal("subscription { ticks ticks2: ticks }"), "gm-graphql-invalid");
  EXPECT_EQ(refusal("subscription { nothing }"), "gm-graphql-invalid");
  limits.operation.cost_max = 0;
  EXPECT_EQ(refusal("subscription { ticks }"), "gm-graphql-too-costly");
}

TEST_F(ServiceTest, ASourceThatCannotBeginSaysWhere) {
  const Prepared prepared =
      prepare(*schema, limits, {.text = "subscription { t: ticks(from: -1) }", .subscriptions = true});
  ASSERT_TRUE(prepared.operation);
  const Subscribed subscribed = subscribe(*schema, *prepared.operation, nullptr);
  EXPECT_FALSE(subscribed.source);
  ASSERT_EQ(subscribed.errors.size(), 1u);
  EXPECT_EQ(Json::parse(error_body(subscribed.errors))["errors"][0],
            Json::parse(R"({"message":"from is below 0","locations":[{"line":1,"column":16}],"path":["t"],
                            "extensions":{"code":"gm-query-invalid"}})"));
}

TEST_F(ServiceTest, CostIsKnownAndStated) {
  const auto cost = [&](std::string_view text, std::string_view variables = "null") {
    return run(text, variables)["extensions"]["cost"]["cost"].get<int>();
  };
  EXPECT_EQ(cost("{ holes }"), 1);
  EXPECT_EQ(cost("{ items { name } }"), 5 + 2);
  EXPECT_EQ(cost("{ items(first: 10) { name other { name } } }"), 5 + 10 * 3);
  EXPECT_EQ(cost("query ($n: Int) { items(first: $n) { name } }", R"({"n":7})"), 5 + 7);
  EXPECT_EQ(cost("{ item { parts { name } } }"), 1 + 1 + 10);
  EXPECT_EQ(cost("{ item { ...F ...F } } fragment F on Item { name }"), 1 + 2);
  EXPECT_EQ(cost("{ __typename }"), 0);
  EXPECT_EQ(cost("{ items(first: 1000) { name } }"), 1005);
  EXPECT_EQ(response.outcome, Outcome::refused);
  EXPECT_EQ(response.code, "gm-graphql-too-costly");
}

TEST_F(ServiceTest, FragmentsThatDoubleEachOtherAreRefusedAtOnce) {
  std::string text = "{ item { ...F0 } }";
  for (int i = 0; i < 60; ++i) {
    const std::string next = "...F" + std::to_string(i + 1);
    text += " fragment F" + std::to_string(i) + " on Item { a: other { " + next + " } b: other { " + next + " } }";
  }
  text += " fragment F60 on Item { name }";
  EXPECT_EQ(code(text), "gm-graphql-too-deep");
  EXPECT_THAT(response.body, testing::HasSubstr("gm-graphql-too-costly"));
}

TEST_F(ServiceTest, LimitsRefuseBeforeAnythingRuns) {
  EXPECT_EQ(code("{ item { other { other { other { name } } } } }"), "");
  EXPECT_EQ(code("{ item { other { other { other { other { name } } } } } }"), "gm-graphql-too-deep");
  EXPECT_EQ(code("{ a: holes b: holes c: holes }"), "");
  EXPECT_EQ(code("{ a: holes b: holes c: holes item { d: name } }"), "gm-graphql-too-many-aliases");
  EXPECT_EQ(code("{ holes holes holes holes holes }"), "gm-graphql-too-many-root-fields");
}

TEST_F(ServiceTest, AnAnswerThatGrowsTooLongStops) {
  limits.response_bytes_max = 1500;
  const Json json = run("{ a: big b: big c: big }");
  EXPECT_TRUE(json["data"]["c"].is_null());
  EXPECT_EQ(json["errors"][0]["extensions"]["code"], "gm-graphql-too-large");
}

TEST_F(ServiceTest, AnOperationThatTakesTooLongStops) {
  int asked = 0;
  const auto stopped =
      serve(*schema, limits, {.text = "{ a: holes b: holes }", .expired = [&] { return ++asked > 1; }});
  const Json json = Json::parse(stopped.body);
  EXPECT_EQ(json["data"], Json::parse(R"({"a":[1,null,3],"b":null})"));
  EXPECT_EQ(json["errors"][0]["extensions"]["code"], "gm-query-timeout");
}

TEST_F(ServiceTest, IntrospectionCanBeOff) {
  EXPECT_EQ(run("{ __schema { queryType { name } } }")["data"]["__schema"]["queryType"]["name"], "Query");
  limits.introspection = false;
  EXPECT_EQ(code("{ ...F } fragment F on Query { x: __schema { queryType { name } } }"),
            "gm-graphql-introspection-off");
  EXPECT_EQ(code("{ __type(name: \"Query\") { name } }"), "gm-graphql-introspection-off");
  EXPECT_EQ(run("{ __typename item { __typename } }")["data"]["item"]["__typename"], "Item");
}

}  // namespace
}  // namespace gm::graphql
