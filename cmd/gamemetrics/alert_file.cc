#include "cmd/gamemetrics/alert_file.h"

#include <fmt/format.h>

#include <map>
#include <nlohmann/json.hpp>
#include <set>

namespace gm::gamemetrics {
namespace {

using Json = nlohmann::ordered_json;
using Ids = std::map<std::string, std::string>;  // by name

std::string path_of(const std::string& list) { return list == "rules" ? "/api/v1/alert-rules" : "/api/v1/channels"; }

Error wrong(std::string what) { return {"gm-usage-invalid", std::move(what)}; }

// Every name that the file has, of whatever kind.
std::set<std::string> mentioned_in(const std::vector<Json>& channels, const std::vector<Json>& rules) {
  std::set<std::string> names;
  for (const Json& one : channels) names.insert(one["name"].get<std::string>());
  for (const Json& one : rules) {
    names.insert(one["name"].get<std::string>());
    if (!one.contains("channels")) continue;
    for (const Json& channel : one["channels"]) {
      if (channel.is_string()) names.insert(channel.get<std::string>());
    }
  }
  return names;
}

// What the project has, by name. A name that the file mentions has to mean one thing.
Result<Ids> known(ApiClient& api, const std::string& list, const std::set<std::string>& mentioned) {
  const auto found = api.get(path_of(list));
  if (!found) return found.error();
  Ids ids;
  for (const Json& one : (*found)[list]) {
    const std::string name = one.value("name", "");
    if (!ids.emplace(name, one.value("id", "")).second && mentioned.contains(name))
      return wrong(fmt::format("the project has two {} with the name '{}'; rename one of them", list, name));
  }
  return ids;
}

// The members of the file's list, each an object with a name of its own.
Result<std::vector<Json>> entries(const Json& file, const std::string& list) {
  std::vector<Json> found;
  Ids names;
  if (!file.contains(list)) return found;
  if (!file[list].is_array()) return wrong(fmt::format("'{}' is no list", list));
  for (const Json& one : file[list]) {
    if (!one.is_object() || !one.contains("name") || !one["name"].is_string())
      return wrong(fmt::format("each of '{}' is an object with a name", list));
    if (!names.emplace(one["name"].get<std::string>(), "").second)
      return wrong(fmt::format("'{}' has the name '{}' twice", list, one["name"].get<std::string>()));
    found.push_back(one);
  }
  return found;
}

Result<std::string> apply_channel(ApiClient& api, Json channel, Ids& ids) {
  const std::string name = channel["name"];
  const auto found = ids.find(name);
  if (found != ids.end()) {
    channel.erase("kind");  // what it is it stays
    const auto changed = api.send("PATCH", path_of("channels") + "/" + found->second, channel);
    return changed ? Result<std::string>(fmt::format("channel '{}' is as in the file", name)) : changed.error();
  }
  const auto made = api.send("POST", path_of("channels"), channel);
  if (!made) return made.error();
  ids[name] = made->value("id", "");
  const std::string secret = made->value("secret", "");
  return fmt::format("channel '{}' is made{}", name, secret.empty() ? "" : "; its secret, shown once: " + secret);
}

Result<std::string> apply_rule(ApiClient& api, Json rule, const Ids& channels, const Ids& rules) {
  const std::string name = rule["name"];
  Json ids = Json::array();
  if (rule.contains("channels") && rule["channels"].is_array()) {
    for (const Json& one : rule["channels"]) {
      const auto found = one.is_string() ? channels.find(one.get<std::string>()) : channels.end();
      if (found == channels.end()) return wrong(fmt::format("rule '{}' tells a channel that there is not", name));
      ids.push_back(found->second);
    }
    rule["channels"] = std::move(ids);
  }
  const auto found = rules.find(name);
  const auto done = found == rules.end() ? api.send("POST", path_of("rules"), rule)
                                         : api.send("PUT", path_of("rules") + "/" + found->second, rule);
  if (!done) return Error{done.error().code, fmt::format("rule '{}': {}", name, done.error().message)};
  return fmt::format("rule '{}' is {}", name, found == rules.end() ? "made" : "as in the file");
}

}  // namespace

Result<std::vector<std::string>> apply_alert_file(ApiClient& api, const Json& file) {
  if (!file.is_object()) return wrong("the file is no JSON object with the lists channels and rules");
  for (const auto& [name, value] : file.items()) {
    if (name != "channels" && name != "rules") return wrong(fmt::format("there is no list '{}' in such a file", name));
  }
  const auto channels = entries(file, "channels"), rules = entries(file, "rules");
  if (!channels) return channels.error();
  if (!rules) return rules.error();
  const std::set<std::string> mentioned = mentioned_in(*channels, *rules);
  auto channel_ids = known(api, "channels", mentioned);
  if (!channel_ids) return channel_ids.error();
  const auto rule_ids = known(api, "rules", mentioned);
  if (!rule_ids) return rule_ids.error();
  std::vector<std::string> done;
  for (const Json& one : *channels) {
    auto line = apply_channel(api, one, *channel_ids);
    if (!line) return line.error();
    done.push_back(std::move(*line));
  }
  for (const Json& one : *rules) {
    auto line = apply_rule(api, one, *channel_ids, *rule_ids);
    if (!line) return line.error();
    done.push_back(std::move(*line));
  }
  return done;
}

Result<std::string> id_of(ApiClient& api, const std::string& list, const std::string& name) {
  const auto found = api.get(path_of(list));
  if (!found) return found.error();
  for (const Json& one : (*found)[list]) {
    if (one.value("id", "") == name || one.value("name", "") == name) return one.value("id", "");
  }
  return wrong(fmt::format("none of the project's {} has the name or id '{}'", list, name));
}

}  // namespace gm::gamemetrics
