// Any bytes as a document, through all of the engine: it must end, agree with itself and leave no memory behind. The
// first byte chooses how the rest is used.

#include <cstdint>
#include <cstdlib>
#include <string>

#include <nlohmann/json.hpp>

#include "lib/graphql/service.h"

namespace {

using namespace gm::graphql;

constexpr std::string_view kSdl = R"(
directive @needs(a: Int!, b: Input) repeatable on FIELD | QUERY
enum Kind { CAT DOG }
input Input { a: Int b: String = "x" c: [Int!] d: Input e: Kind f: Float! = 1.5 }
input One @oneOf { a: Int b: String }
interface Named { name(a: Boolean): String }
type Dog implements Named { name(a: Boolean): String id: ID! friends(first: Int = 2): [Animal!]! fail: Int! }
type Cat implements Named { name(a: Boolean): String lives: [Int] }
union Animal = Dog | Cat
type Query { dog(id: ID): Dog animal: Animal named: Named input(input: Input, one: One): String any: [Animal] nil: Int! }
type Subscription { barks: Dog more: Int }
)";

class OneEvent final : public Source {
 public:
  Kind kind() const override { return Kind::events; }
  Taken take() override { return {Value::Object{}, 0, false}; }
  int64_t interval_ms() const override { return 1; }
};

gm::Result<Value> made_up(const Schema& schema, const TypeUse& type, const Call& call) {
  if (type.non_null()) return made_up(schema, *type.of, call);
  if (type.form == ast::TypeForm::list) return Value(std::vector<Value>(2, *made_up(schema, *type.of, call)));
  if (type.named->kind == TypeKind::object) return Value::object_at(&schema);
  if (type.named->composite()) return Value::object_at(&schema, type.named->possible.front()->name);
  if (type.named->name == "Int") return Value(7);
  return Value(call.field);
}

const Schema& schema() {
  static const std::unique_ptr<Schema> made = [] {
    BuiltSchema built = Schema::build(kSdl);
    for (const NamedType* type : built.schema->types()) {
      if (type->kind != TypeKind::object || type->introspection) continue;
      for (const Field& field : type->fields) {
        built.schema->resolve(type->name, field.name,
                              [of = field.type, at = built.schema.get()](const Call& call) -> gm::Result<Value> {
                                if (call.field == "fail") return gm::Error{"gm-internal", "fails"};
                                if (call.field == "nil") return Value();
                                return made_up(*at, *of, call);
                              });
      }
    }
    for (const char* field : {"barks", "more"}) {
      built.schema->subscribe(field, [](const Call&) -> gm::Result<std::unique_ptr<Source>> {
        return std::unique_ptr<Source>(new OneEvent);
      });
    }
    return std::move(built.schema);
  }();
  return *made;
}

// A subscription that may run has a source and a response to its event.
void run_subscription(const ServiceLimits& limits, const std::string& text) {
  const Prepared prepared = prepare(schema(), limits, {.text = text, .subscriptions = true});
  if (!prepared.operation || !prepared.operation->is_subscription()) return;
  const Subscribed subscribed = subscribe(schema(), *prepared.operation, nullptr);
  if ((subscribed.source == nullptr) == subscribed.errors.empty()) std::abort();
  if (!subscribed.source) return;
  const ServiceResponse response =
      run(schema(), limits, *prepared.operation, {.event = *subscribed.source->take().event});
  if (nlohmann::json::parse(response.body, nullptr, false).is_discarded()) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const std::string text(reinterpret_cast<const char*>(data) + 1, size - 1);
  if (data[0] == 0) {
    Schema::build(text);
    return 0;
  }
  ServiceLimits limits;
  limits.parse = {2000, 50};
  limits.operation = {20, 100, 100, 5000};
  limits.response_bytes_max = 1 << 20;
  limits.introspection = data[0] % 2 == 0;
  const ServiceResponse response = serve(schema(), limits, {.text = text});
  const auto json = nlohmann::json::parse(response.body, nullptr, false);
  if (json.is_discarded()) std::abort();
  if (json.contains("data") != (response.outcome == ServiceResponse::Outcome::executed)) std::abort();
  if (response.errors > 0 && json["errors"].size() != response.errors) std::abort();
  run_subscription(limits, text);
  return 0;
}
