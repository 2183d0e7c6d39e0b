#include "lib/config/settings.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <cassert>
#include <cctype>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <optional>

#include "lib/base/edit_distance.h"
#include "lib/config/quantity.h"

namespace gm::config {
namespace {

const SettingDeclaration* find_declaration(std::string_view name) {
  const auto& all = declarations();
  const auto it = std::find_if(all.begin(), all.end(), [&](const auto& d) { return d.name == name; });
  return it == all.end() ? nullptr : &*it;
}

Error unknown_key(std::string_view name, std::string_view origin) {
  std::string message = std::string(origin) + ": unknown setting '" + std::string(name) + "'";
  const auto& all = declarations();
  const auto nearest = std::min_element(all.begin(), all.end(), [&](const auto& a, const auto& b) {
    return edit_distance(a.name, name) < edit_distance(b.name, name);
  });
  if (nearest != all.end() && edit_distance(nearest->name, name) <= std::max<size_t>(3, name.size() / 3)) {
    message += "; did you mean '" + std::string(nearest->name) + "'?";
  }
  return {"gm-config-unknown-key", message};
}

constexpr std::string_view kPrefix = "GAMEMETRICS_";
// Of commands, not of settings.
constexpr std::string_view kOtherVariables[] = {"GAMEMETRICS_CONFIG", "GAMEMETRICS_URL", "GAMEMETRICS_WRITE_KEY",
                                                "GAMEMETRICS_PROJECT_KEY"};

// Kubernetes sets such variables in every pod beside a service that is called gamemetrics or gamemetrics-something.
bool is_service_link(std::string_view variable, std::string_view value) {
  return variable.find("_SERVICE_HOST") != std::string_view::npos ||
         variable.find("_SERVICE_PORT") != std::string_view::npos ||
         variable.find("_PORT_") != std::string_view::npos ||
         (variable.ends_with("_PORT") && value.find("://") != std::string_view::npos);
}

// The setting whose variable is nearest, for a variable that is no setting's.
Error unknown_variable(std::string_view variable) {
  const auto& all = declarations();
  const auto nearest = std::min_element(all.begin(), all.end(), [&](const auto& a, const auto& b) {
    return edit_distance(environment_name(a.name), variable) < edit_distance(environment_name(b.name), variable);
  });
  return {"gm-config-unknown-key", "environment: unknown variable '" + std::string(variable) + "'; did you mean '" +
                                       environment_name(nearest->name) + "'?"};
}

std::optional<int64_t> parse_number(SettingType type, std::string_view value) {
  switch (type) {
    case SettingType::integer:
      return parse_integer(value);
    case SettingType::bytes:
      return parse_bytes(value);
    case SettingType::duration:
      return parse_duration_ms(value);
    default:
      return std::nullopt;
  }
}

std::string form_of(SettingType type) {
  switch (type) {
    case SettingType::integer:
      return "a whole number";
    case SettingType::bytes:
      return "a size such as 64MiB";
    case SettingType::duration:
      return "a duration such as 10s, 5m, 7d";
    case SettingType::boolean:
      return "true or false";
    default:
      return "text";
  }
}

// Empty when the value fits the declaration.
std::string complaint(const SettingDeclaration& declaration, std::string_view value) {
  if (declaration.type == SettingType::text || declaration.type == SettingType::path) return "";
  if (declaration.type == SettingType::boolean) {
    return value == "true" || value == "false" ? "" : "must be true or false";
  }
  const auto number = parse_number(declaration.type, value);
  if (!number) return "must be " + form_of(declaration.type);
  if (*number < declaration.min || *number > declaration.max) {
    return "must be between " + format_quantity(declaration.type, declaration.min) + " and " +
           format_quantity(declaration.type, declaration.max);
  }
  return "";
}

struct Leaf {
  std::string name;
  std::string value;
  int line;
};

// Flattens nested maps into dotted names; anything but a scalar leaf is a problem of its own.
void flatten(const YAML::Node& node, const std::string& prefix, std::vector<Leaf>& leaves,
             std::vector<std::string>& problems) {
  for (const auto& entry : node) {
    const std::string name = prefix.empty() ? entry.first.Scalar() : prefix + "." + entry.first.Scalar();
    const int line = entry.first.Mark().line + 1;
    if (entry.second.IsMap()) {
      flatten(entry.second, name, leaves, problems);
    } else if (entry.second.IsScalar()) {
      leaves.push_back({name, entry.second.Scalar(), line});
    } else {
      problems.push_back("line " + std::to_string(line) + ": '" + name + "' needs a single value");
    }
  }
}

std::string join_lines(const std::vector<std::string>& lines) {
  std::string text;
  for (const auto& line : lines) text += (text.empty() ? "" : "\n") + line;
  return text;
}

// A programming error, not a user's: the name or type is not the declared one.
[[noreturn]] void undeclared(std::string_view name) {
  std::fprintf(stderr, "setting '%.*s' is not declared with this type\n", static_cast<int>(name.size()), name.data());
  std::abort();
}

void require_type(std::string_view name, std::initializer_list<SettingType> types) {
  const auto* declaration = find_declaration(name);
  if (!declaration || std::find(types.begin(), types.end(), declaration->type) == types.end()) undeclared(name);
}

}  // namespace

Settings Settings::defaults() {
  Settings settings;
  for (const auto& d : declarations()) {
    assert(complaint(d, d.default_value).empty());
    settings.entries_[std::string(d.name)] = {std::string(d.default_value), "default"};
  }
  return settings;
}

Status Settings::set(std::string_view name, std::string_view value, std::string_view origin) {
  const auto* declaration = find_declaration(name);
  if (!declaration) return unknown_key(name, origin);
  if (const std::string wrong = complaint(*declaration, value); !wrong.empty()) {
    return Error{"gm-config-invalid-value", std::string(origin) + ": '" + std::string(name) + "' " + wrong + ", not '" +
                                                std::string(declaration->secret ? "***" : value) + "'"};
  }
  entries_[std::string(name)] = {std::string(value), std::string(origin)};
  return {};
}

Status Settings::load_yaml(std::string_view text, std::string_view file_name) {
  YAML::Node root;
  try {
    root = YAML::Load(std::string(text));
  } catch (const YAML::Exception& e) {
    return Error{"gm-config-malformed", std::string(file_name) + ":" + std::to_string(e.mark.line + 1) + ": " + e.msg};
  }
  if (root.IsNull()) return {};
  if (!root.IsMap())
    return Error{"gm-config-malformed", std::string(file_name) + ": expected 'section: {key: value}' lines"};
  std::vector<Leaf> leaves;
  std::vector<std::string> problems;
  std::string code = "gm-config-malformed";
  flatten(root, "", leaves, problems);
  for (const auto& leaf : leaves) {
    const auto status = set(leaf.name, leaf.value, std::string(file_name) + ":" + std::to_string(leaf.line));
    if (status) continue;
    if (problems.empty()) code = status.error().code;
    problems.push_back(status.error().message);
  }
  if (!problems.empty()) return Error{code, join_lines(problems)};
  return {};
}

Status Settings::load_environment(const std::map<std::string, std::string>& environment) {
  std::vector<std::string> problems;
  std::string code;
  for (const auto& declaration : declarations()) {
    const std::string variable = environment_name(declaration.name);
    const auto it = environment.find(variable);
    if (it == environment.end()) continue;
    const auto status = set(declaration.name, it->second, "environment " + variable);
    if (status) continue;
    if (problems.empty()) code = status.error().code;
    problems.push_back(status.error().message);
  }
  for (const auto& [variable, value] : environment) {
    if (!variable.starts_with(kPrefix) || is_service_link(variable, value)) continue;
    if (std::find(std::begin(kOtherVariables), std::end(kOtherVariables), variable) != std::end(kOtherVariables))
      continue;
    const auto& all = declarations();
    if (std::any_of(all.begin(), all.end(), [&](const auto& d) { return environment_name(d.name) == variable; }))
      continue;
    const Error unknown = unknown_variable(variable);
    if (problems.empty()) code = unknown.code;
    problems.push_back(unknown.message);
  }
  if (!problems.empty()) return Error{code, join_lines(problems)};
  return {};
}

std::string Settings::text(std::string_view name) const {
  require_type(name, {SettingType::text, SettingType::path});
  return entries_.find(name)->second.value;
}

int64_t Settings::integer(std::string_view name) const {
  require_type(name, {SettingType::integer});
  return *parse_integer(entries_.find(name)->second.value);
}

bool Settings::boolean(std::string_view name) const {
  require_type(name, {SettingType::boolean});
  return entries_.find(name)->second.value == "true";
}

int64_t Settings::bytes(std::string_view name) const {
  require_type(name, {SettingType::bytes});
  return *parse_bytes(entries_.find(name)->second.value);
}

int64_t Settings::duration_ms(std::string_view name) const {
  require_type(name, {SettingType::duration});
  return *parse_duration_ms(entries_.find(name)->second.value);
}

std::string environment_name(std::string_view setting) {
  std::string name(kPrefix);
  for (const char c : setting) name += c == '.' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return name;
}

}  // namespace gm::config
