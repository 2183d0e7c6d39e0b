#include "lib/query/language/predicate_reader.h"

#include <fmt/format.h>

#include <array>
#include <cmath>

namespace gm::query {
namespace {

constexpr int64_t kTimesMax = 1'000'000;
constexpr size_t kEventNameBytesMax = 200;

struct Word {
  std::string_view name;
  Comparison comparison;
  bool negated;
  bool many;  // takes "values" too
};
constexpr std::array kWords = {
    Word{"equals", Comparison::equals, false, false},
    Word{"not_equals", Comparison::equals, true, false},
    Word{"in", Comparison::equals, false, true},
    Word{"not_in", Comparison::equals, true, true},
    Word{"contains", Comparison::contains, false, false},
    Word{"not_contains", Comparison::contains, true, false},
    Word{"starts_with", Comparison::starts_with, false, false},
    Word{"greater", Comparison::greater, false, false},
    Word{"greater_or_equal", Comparison::greater_or_equal, false, false},
    Word{"less", Comparison::less, false, false},
    Word{"less_or_equal", Comparison::less_or_equal, false, false},
    Word{"set", Comparison::is_set, false, false},
    Word{"not_set", Comparison::is_set, true, false},
    Word{"matches", Comparison::matches, false, false},
    Word{"not_matches", Comparison::matches, true, false},
};

bool only_text(Comparison comparison) {
  return comparison == Comparison::contains || comparison == Comparison::starts_with ||
         comparison == Comparison::matches;
}

class PredicateReader {
 public:
  PredicateReader(Problems& problems, const PredicateLimits& limits) : problems_(problems), limits_(limits) {}

  std::optional<Predicate> read(const Json& value, const std::string& pointer, int depth);

 private:
  std::optional<Predicate> read_group(ObjectReader& object, std::string_view name, Group::Kind kind, int depth);
  std::optional<Predicate> read_none(ObjectReader& object, int depth);
  std::optional<Predicate> read_behaviour(ObjectReader& object, std::string_view name, bool negated, int depth);
  std::optional<Predicate> read_rule(ObjectReader& object);
  bool read_values(ObjectReader& object, const Word& word, Rule& rule);
  std::optional<Literal> read_literal(const Json& value, const std::string& pointer, const Rule& rule);
  void complain(const std::string& pointer, std::string detail) { problems_.push_back({pointer, std::move(detail)}); }

  Problems& problems_;
  const PredicateLimits& limits_;
  int nodes_ = 0;
};

std::optional<Predicate> PredicateReader::read(const Json& value, const std::string& pointer, int depth) {
  if (depth > limits_.depth_max) {
    complain(pointer, fmt::format("nested deeper than {}", limits_.depth_max));
    return std::nullopt;
  }
  if (++nodes_ > limits_.nodes_max) {
    if (nodes_ == limits_.nodes_max + 1) complain(pointer, fmt::format("more than {} conditions", limits_.nodes_max));
    return std::nullopt;
  }
  ObjectReader object(value, pointer, problems_);
  if (!value.is_object()) return std::nullopt;
  if (object.has("all")) return read_group(object, "all", Group::Kind::all, depth);
  if (object.has("any")) return read_group(object, "any", Group::Kind::any, depth);
  if (object.has("not")) return read_none(object, depth);
  if (object.has("did")) return read_behaviour(object, "did", false, depth);
  if (object.has("did_not")) return read_behaviour(object, "did_not", true, depth);
  if (object.has("field")) return read_rule(object);
  object.complain_here("a condition has one of: field, all, any, not, did, did_not");
  return std::nullopt;
}

std::optional<Predicate> PredicateReader::read_group(ObjectReader& object, std::string_view name, Group::Kind kind,
                                                     int depth) {
  Group group{kind, {}};
  const auto members = object.list(name, static_cast<size_t>(limits_.nodes_max));
  if (members.empty()) {
    object.complain(name, "holds no condition");
    return std::nullopt;
  }
  for (size_t i = 0; i < members.size(); ++i) {
    auto member = read(*members[i], child_pointer(object.pointer_to(name), std::to_string(i)), depth + 1);
    if (member) group.members.push_back(std::move(*member));
  }
  if (group.members.size() != members.size()) return std::nullopt;
  return Predicate{std::move(group)};
}

std::optional<Predicate> PredicateReader::read_none(ObjectReader& object, int depth) {
  auto member = read(*object.take("not"), object.pointer_to("not"), depth + 1);
  if (!member) return std::nullopt;
  Group group{Group::Kind::none, {}};
  group.members.push_back(std::move(*member));
  return Predicate{std::move(group)};
}

std::optional<Predicate> PredicateReader::read_behaviour(ObjectReader& object, std::string_view name, bool negated,
                                                         int depth) {
  Behaviour behaviour;
  behaviour.negated = negated;
  const Json* event = object.take(name);
  if (!event->is_null()) {
    const auto text = object.text(name, kEventNameBytesMax);
    if (!text) return std::nullopt;
    behaviour.event = *text;
  }
  behaviour.at_least = object.integer("at_least", 1, 1, kTimesMax);
  behaviour.days = static_cast<int>(object.integer("days", 0, 0, limits_.days_max));
  if (const Json* where = object.take("where")) {
    auto inner = read(*where, object.pointer_to("where"), depth + 1);
    if (!inner) return std::nullopt;
    behaviour.where.push_back(std::move(*inner));
  }
  return Predicate{std::move(behaviour)};
}

std::optional<Predicate> PredicateReader::read_rule(ObjectReader& object) {
  Rule rule;
  const auto field = read_field(*object.take("field"), object.pointer_to("field"), problems_);
  std::vector<std::string_view> names;
  for (const Word& word : kWords) names.push_back(word.name);
  const Word& word = kWords[object.word("is", names, 0)];
  rule.comparison = word.comparison;
  rule.negated = word.negated;
  if (field) rule.field = *field;
  const bool read = read_values(object, word, rule);
  if (!field || !read) return std::nullopt;
  if (only_text(rule.comparison) && (rule.field.type() == FieldType::number || rule.field.type() == FieldType::date)) {
    object.complain("is", fmt::format("{} is not a text", rule.field.name()));
    return std::nullopt;
  }
  return Predicate{std::move(rule)};
}

bool PredicateReader::read_values(ObjectReader& object, const Word& word, Rule& rule) {
  if (rule.comparison == Comparison::is_set) return true;
  if (!word.many) {
    const Json* value = object.take("value");
    if (!value) {
      object.complain("value", "required");
      return false;
    }
    const auto literal = read_literal(*value, object.pointer_to("value"), rule);
    if (literal) rule.values.push_back(*literal);
    return literal.has_value();
  }
  const auto values = object.list("values", limits_.values_max);
  if (values.empty()) {
    object.complain("values", "required: a list of at least one value");
    return false;
  }
  for (size_t i = 0; i < values.size(); ++i) {
    const auto literal = read_literal(*values[i], child_pointer(object.pointer_to("values"), std::to_string(i)), rule);
    if (!literal) return false;
    rule.values.push_back(*literal);
  }
  return true;
}

std::optional<Literal> PredicateReader::read_literal(const Json& value, const std::string& pointer, const Rule& rule) {
  const FieldType type = rule.field.type();
  const size_t bytes_max = rule.comparison == Comparison::matches ? limits_.pattern_bytes_max : limits_.text_bytes_max;
  if (type == FieldType::date) {
    const auto date = value.is_string() ? Date::parse(value.get_ref<const std::string&>()) : std::nullopt;
    if (date) return Literal(*date);
    complain(pointer, "not a calendar date such as 2026-11-23");
    return std::nullopt;
  }
  if (value.is_number() && type != FieldType::text && !only_text(rule.comparison)) {
    const double number = value.get<double>();
    if (std::isfinite(number)) return Literal(number);
  }
  if (value.is_boolean() && type == FieldType::json && rule.comparison == Comparison::equals) {
    return Literal(value.get<bool>());
  }
  const bool orders = rule.comparison >= Comparison::greater && rule.comparison <= Comparison::less_or_equal;
  if (value.is_string() && type != FieldType::number && !(type == FieldType::json && orders)) {
    const auto& text = value.get_ref<const std::string&>();
    if (text.size() <= bytes_max) return Literal(text);
    complain(pointer, fmt::format("longer than {} bytes", bytes_max));
    return std::nullopt;
  }
  complain(pointer, fmt::format("a value that {} cannot be compared with in this way", rule.field.name()));
  return std::nullopt;
}

}  // namespace

std::optional<Predicate> read_predicate(const Json& value, const std::string& pointer, Problems& problems,
                                        const PredicateLimits& limits) {
  return PredicateReader(problems, limits).read(value, pointer, 1);
}

std::optional<Field> read_field(const Json& value, const std::string& pointer, Problems& problems) {
  const auto field =
      value.is_string() ? parse_field(value.get_ref<const std::string&>()) : std::optional<Field>(std::nullopt);
  if (!field) {
    problems.push_back(
        {pointer,
         "not a field: event, country, platform, device, build, source, session, revenue, property.<name>, "
         "player.id, player.country, player.platform, player.build, player.first_day, "
         "player.events, player.sessions, player.revenue, player.property.<name>"});
  }
  return field;
}

}  // namespace gm::query
