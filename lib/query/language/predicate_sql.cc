#include "lib/query/language/predicate_sql.h"

#include <fmt/format.h>

#include <algorithm>

#include "lib/event/event.h"
#include "lib/query/language/tables.h"

namespace gm::query {
namespace {

using store::Value;

constexpr int kSourceLast = static_cast<int>(event::Source::aws_game);

// RFC 6901, which the store's JSON functions read: any name can be said, whatever characters it has.
Value json_pointer(std::string_view parent, std::string_view name) {
  std::string pointer(parent);
  pointer += '/';
  for (const char c : name) {
    if (c == '~') {
      pointer += "~0";
    } else if (c == '/') {
      pointer += "~1";
    } else {
      pointer += c;
    }
  }
  return pointer;
}

Fragment source_name_sql() {
  std::string text = "CASE e.source";
  for (int source = 0; source <= kSourceLast; ++source) {
    text += fmt::format(" WHEN {} THEN '{}'", source, event::source_name(static_cast<event::Source>(source)));
  }
  return text + " END";
}

Fragment as_number(const Fragment& text) {
  // NaN and infinities would make every sum that they enter unreadable.
  return Fragment::of("(CASE WHEN isfinite(TRY_CAST({} AS DOUBLE)) THEN TRY_CAST({} AS DOUBLE) END)", {text, text});
}

Value bound(const Literal& literal) {
  if (const auto* text = std::get_if<std::string>(&literal)) return *text;
  if (const auto* number = std::get_if<double>(&literal)) return *number;
  if (const auto* date = std::get_if<Date>(&literal)) return *date;
  return std::string(std::get<bool>(literal) ? "true" : "false");
}

Fragment compared(const Rule& rule, const SqlScope& scope, const Literal& literal) {
  const bool numeric = std::holds_alternative<double>(literal);
  const Fragment left = std::holds_alternative<Date>(literal) ? Fragment("p.first_day")
                        : numeric                             ? number_of(rule.field, scope)
                                                              : text_of(rule.field, scope);
  const Fragment right = Fragment::value(bound(literal));
  switch (rule.comparison) {
    case Comparison::equals:
      return Fragment::of("{} = {}", {left, right});
    case Comparison::contains:
      return Fragment::of("contains({}, {})", {left, right});
    case Comparison::starts_with:
      return Fragment::of("starts_with({}, {})", {left, right});
    case Comparison::greater:
      return Fragment::of("{} > {}", {left, right});
    case Comparison::greater_or_equal:
      return Fragment::of("{} >= {}", {left, right});
    case Comparison::less:
      return Fragment::of("{} < {}", {left, right});
    case Comparison::less_or_equal:
      return Fragment::of("{} <= {}", {left, right});
    case Comparison::matches:
      return Fragment::of("regexp_matches({}, {})", {left, right});
    case Comparison::is_set:
      break;
  }
  return "false";
}

// What the field is when its kind is json and the rule names one value per literal type.
Fragment rule_on_row(const Rule& rule, const SqlScope& scope) {
  Fragment test;
  if (rule.comparison == Comparison::is_set) {
    test = rule.field.type() == FieldType::date ? Fragment("p.first_day IS NOT NULL")
                                                : Fragment::of("{} IS NOT NULL", {text_of(rule.field, scope)});
  } else {
    std::vector<Fragment> alternatives;
    for (const Literal& literal : rule.values) alternatives.push_back(compared(rule, scope, literal));
    test = Fragment::join(alternatives, " OR ");
  }
  return Fragment::of(rule.negated ? "(NOT coalesce({}, false))" : "coalesce({}, false)", {test});
}

Fragment rule_sql(const Rule& rule, const SqlScope& scope, std::string_view player) {
  if (!rule.field.of_player()) return rule_on_row(rule, scope);
  std::vector<Field> properties;
  if (rule.field.kind == FieldKind::player_property) properties.push_back(rule.field);
  return Fragment::of("{} IN (SELECT p.player FROM {} p WHERE {})",
                      {std::string(player), players_relation(scope, properties), rule_on_row(rule, scope)});
}

DateRange behaviour_range(const Behaviour& behaviour, DateRange range) {
  return behaviour.days == 0 ? range : DateRange{range.to - (behaviour.days - 1), range.to};
}

Fragment behaviour_sql(const Behaviour& behaviour, const SqlScope& scope, std::string_view player) {
  const DateRange range = behaviour_range(behaviour, scope.range);
  std::vector<Fragment> tests = {
      Fragment::of("e.project = {}", {scope.project_value()}),
      Fragment::of("e.date BETWEEN {} AND {}", {Fragment::value(range.from), Fragment::value(range.to)})};
  if (!behaviour.event.empty()) tests.push_back(Fragment::of("e.event = {}", {Fragment::value(behaviour.event)}));
  for (const Predicate& where : behaviour.where) tests.push_back(condition(where, scope, "e.player"));
  return Fragment::of("{} {}IN (SELECT e.player FROM {} e WHERE {} GROUP BY e.player HAVING count(*) >= {})",
                      {std::string(player), behaviour.negated ? "NOT " : "", std::string(kEvents),
                       Fragment::join(tests, " AND "), Fragment::value(behaviour.at_least)});
}

Fragment group_sql(const Group& group, const SqlScope& scope, std::string_view player) {
  std::vector<Fragment> members;
  for (const Predicate& member : group.members) members.push_back(condition(member, scope, player));
  switch (group.kind) {
    case Group::Kind::all:
      return Fragment::of("({})", {Fragment::join(members, " AND ", "true")});
    case Group::Kind::any:
      return Fragment::of("({})", {Fragment::join(members, " OR ", "false")});
    case Group::Kind::none:
      break;
  }
  return Fragment::of("(NOT ({}))", {Fragment::join(members, " OR ", "false")});
}

// The newest value that an event of the player set.
Fragment property_relation(const SqlScope& scope, const Field& field) {
  const Fragment value = Fragment::of("coalesce(json_extract_string(e.props, {}), json_extract_string(e.props, {}))",
                                      {Fragment::value(json_pointer("/$set", field.property)),
                                       Fragment::value(json_pointer("/$set_once", field.property))});
  return Fragment::of(
      "(SELECT player, arg_max(x, ts) AS x FROM (SELECT e.player AS player, e.ts AS ts, {} AS x FROM {} e WHERE "
      "e.project = {} AND contains(e.props, '\"$set')) WHERE x IS NOT NULL GROUP BY player)",
      {value, std::string(kEvents), scope.project_value()});
}

}  // namespace

Fragment event_micros(const SqlScope& scope) {
  return Fragment::of("(CASE WHEN e.currency = {} THEN e.revenue_micros END)", {Fragment::value(scope.currency)});
}

Fragment text_of(const Field& field, const SqlScope& scope) {
  switch (field.kind) {
    case FieldKind::event:
      return "e.event";
    case FieldKind::country:
      return "nullif(e.country, '')";
    case FieldKind::platform:
      return "nullif(e.platform, '')";
    case FieldKind::device:
      return "nullif(e.device, '')";
    case FieldKind::build:
      return "nullif(e.build, '')";
    case FieldKind::session:
      return "nullif(e.session, '')";
    case FieldKind::source:
      return source_name_sql();
    case FieldKind::property:
      return Fragment::of("json_extract_string(e.props, {})", {Fragment::value(json_pointer("", field.property))});
    case FieldKind::player_id:
      return "p.player_id";
    case FieldKind::player_country:
      return "nullif(p.country, '')";
    case FieldKind::player_platform:
      return "nullif(p.platform, '')";
    case FieldKind::player_build:
      return "nullif(p.build, '')";
    case FieldKind::player_property:
      return "p.property_0";
    case FieldKind::player_first_day:
      return "CAST(p.first_day AS VARCHAR)";
    case FieldKind::player_events:
      return "CAST(p.events AS VARCHAR)";  // a count reads as 19, not as 19.0
    case FieldKind::player_sessions:
      return "CAST(p.sessions AS VARCHAR)";
    default:
      return Fragment::of("CAST({} AS VARCHAR)", {number_of(field, scope)});
  }
}

Fragment number_of(const Field& field, const SqlScope& scope) {
  switch (field.kind) {
    case FieldKind::revenue:
      return Fragment::of("({} / 1e6)", {event_micros(scope)});
    case FieldKind::player_events:
      return "CAST(p.events AS DOUBLE)";
    case FieldKind::player_sessions:
      return "CAST(p.sessions AS DOUBLE)";
    case FieldKind::player_revenue:
      return "(p.revenue_micros / 1e6)";
    default:
      return as_number(text_of(field, scope));
  }
}

Fragment players_relation(const SqlScope& scope, const std::vector<Field>& properties) {
  Fragment columns, joins;
  for (size_t i = 0; i < properties.size(); ++i) {
    const std::string alias = fmt::format("s{}", i);
    columns += fmt::format(", {}.x AS property_{}", alias, i);
    joins += Fragment::of(" LEFT JOIN {} {} ON {}.player = v.player",
                          {property_relation(scope, properties[i]), alias, alias});
  }
  return Fragment::of(
      "(SELECT v.*{} FROM (SELECT player, arg_max(player_id, version) AS player_id, arg_max(country, version) AS "
      "country, arg_max(platform, version) AS platform, arg_max(build, version) AS build, arg_max(cohort_date, "
      "version) "
      "AS first_day, arg_max(first_seen, version) AS first_seen, arg_max(last_seen, version) AS last_seen, "
      "arg_max(events, version) AS events, arg_max(sessions, version) AS sessions, arg_max(revenue_micros, version) AS "
      "revenue_micros FROM {} WHERE project = {} GROUP BY player) v{})",
      {columns, std::string(kPlayers), scope.project_value(), joins});
}

Fragment condition(const Predicate& predicate, const SqlScope& scope, std::string_view player) {
  if (const auto* rule = std::get_if<Rule>(&predicate.node)) return rule_sql(*rule, scope, player);
  if (const auto* behaviour = std::get_if<Behaviour>(&predicate.node)) return behaviour_sql(*behaviour, scope, player);
  return group_sql(std::get<Group>(predicate.node), scope, player);
}

}  // namespace gm::query
