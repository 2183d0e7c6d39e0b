// GraphQL's own work on a typical request of a dashboard: three metrics of 90 days with their explanations. The values
// are made up, so that no store is measured. bench/graphql_yardstick.mjs does the same with graphql-js.

#include <benchmark/benchmark.h>

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <sstream>

#include "lib/graphql/service.h"

namespace {

using namespace gm::graphql;

constexpr size_t kItems = 90;

std::string file(const std::string& name) {
  std::stringstream text;
  text << std::ifstream(std::string(GM_SOURCE_DIR) + "/" + name).rdbuf();
  return text.str();
}

Value made_up(const Schema& schema, const TypeUse& type) {
  if (type.non_null()) return made_up(schema, *type.of);
  if (type.form == ast::TypeForm::list) return std::vector<Value>(kItems, made_up(schema, *type.of));
  if (type.named->kind == TypeKind::object) return Value::object_at(&schema);
  if (type.named->name == "Int" || type.named->name == "Count") return 12345;
  if (type.named->name == "Float") return 0.125;
  if (type.named->name == "Boolean") return true;
  return "2026-11-23";
}

std::unique_ptr<Schema> make_schema() {
  BuiltSchema built = Schema::build(file("schemas/analytics.graphql"));
  if (!built.schema) {
    std::cerr << built.errors.front().message << "\n";
    std::exit(1);
  }
  for (const NamedType* type : built.schema->types()) {
    if (type->kind != TypeKind::object || type->introspection) continue;
    for (const Field& field : type->fields) {
      const Value value = made_up(*built.schema, *field.type);
      built.schema->resolve(type->name, field.name, [value](const Call&) -> gm::Result<Value> { return value; });
    }
  }
  return std::move(built.schema);
}

const Schema& schema() {
  static const std::unique_ptr<Schema> made = make_schema();
  return *made;
}
const std::string& document() {
  static const std::string text = file("bench/graphql_document.graphql");
  return text;
}

void parse_only(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(parse(document(), {}));
}
BENCHMARK(parse_only);

void validate_only(benchmark::State& state) {
  const ParsedDocument parsed = parse(document(), {});
  for (auto _ : state) benchmark::DoNotOptimize(validate(schema(), *parsed.document, {}));
}
BENCHMARK(validate_only);

void execute_only(benchmark::State& state) {
  const ParsedDocument parsed = parse(document(), {});
  const Variables none;
  for (auto _ : state) {
    benchmark::DoNotOptimize(execute({schema(), *parsed.document, parsed.document->definitions()[0], none}));
  }
}
BENCHMARK(execute_only);

void whole_request(benchmark::State& state) {
  ServiceLimits limits;
  limits.operation = {10, 30, 20, 10'000};
  size_t bytes = 0;
  for (auto _ : state) {
    const ServiceResponse response = serve(schema(), limits, {.text = document()});
    if (response.errors > 0) state.SkipWithError(response.body.c_str());
    bytes = response.body.size();
  }
  state.counters["response_bytes"] = static_cast<double>(bytes);
}
BENCHMARK(whole_request);

}  // namespace

BENCHMARK_MAIN();
