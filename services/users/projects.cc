#include "services/users/projects.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "lib/base/time.h"
#include "lib/security/origins.h"

namespace gm::users {
namespace {

using identity::Action;
using identity::OwnedProject;
using Json = nlohmann::ordered_json;

std::string key_object(int64_t key) { return fmt::format("key:{}", key); }
std::string project_object(ProjectId project) { return fmt::format("project:{}", project.value()); }

std::string key_json(ProjectId project, security::KeyKind kind, std::string_view prefix) {
  return Json{{"project", project.value()}, {"kind", security::kind_name(kind)}, {"prefix", prefix}}.dump();
}

// A project key may all that its routes offer, so whoever makes one must be allowed that himself.
Status may_make(const Grantor& grantor, security::KeyKind kind) {
  if (kind != security::KeyKind::project) return {};
  for (const Action action : {Action::read_numbers, Action::read_players, Action::run_sql, Action::change_schema}) {
    if (!grantor.may(action)) return right_missing("a project key reads everything, which you may not yourself");
  }
  return {};
}

Result<std::vector<std::string>> rules_of(security::KeyKind kind, const std::vector<std::string>& texts) {
  std::vector<std::string> rules;
  for (const std::string& text : texts) {
    auto rule = security::parse_origin_rule(text);
    if (!rule) return rule.error();
    rules.push_back(std::move(*rule));
  }
  const bool of_pages = kind == security::KeyKind::write || kind == security::KeyKind::gameanalytics;
  if (!rules.empty() && !of_pages)
    return Error{"gm-request-invalid", "such a key is never used by web pages, so it has no list of origins"};
  return rules;
}

}  // namespace

// What cannot be told now is found at the next regular look at the keys.
Status Projects::told(Status done) {
  if (!done || !d_.keys_changed) return done;
  return d_.keys_changed();
}

Result<OwnedProject> Projects::find(ProjectId project) {
  const auto all = d_.store.owned_projects();
  if (!all) return all.error();
  const auto found = std::ranges::find_if(*all, [&](const OwnedProject& one) { return one.project.id == project; });
  if (found == all->end()) return Error{"gm-project-unknown", "there is no such project"};
  return *found;
}

Result<OwnedProject> Projects::create(const Actor& actor, int64_t organisation, const WantedProject& wanted) {
  if (const auto zone = TimeZone::find(wanted.time_zone); !zone) return zone.error();
  if (const auto valid = d_.check_currency(wanted.currency); !valid) return valid.error();
  const std::string after = Json{
      {"name", wanted.name},
      {"environment", wanted.environment},
      {"time_zone", wanted.time_zone},
      {"currency",
       wanted.currency}}.dump();
  return d_.store.create_owned_project(
      {{{}, wanted.name, wanted.time_zone, wanted.currency, 0}, organisation, 0, wanted.environment},
      audit_entry(actor, organisation, d_.clock.now_ms(), {"project.created", "project:", "", after}));
}

Result<OwnedProject> Projects::add_environment(const Actor& actor, const OwnedProject& of,
                                               std::string_view environment) {
  OwnedProject wanted = of;
  wanted.environment = environment;
  const std::string after = Json{{"name", of.project.name}, {"environment", environment}}.dump();
  return d_.store.create_owned_project(
      wanted, audit_entry(actor, of.organisation, d_.clock.now_ms(), {"project.created", "project:", "", after}));
}

Status Projects::rename(const Actor& actor, const OwnedProject& project, std::string_view name) {
  return d_.store.rename_project(
      project.project.id, name,
      audit_entry(actor, project.organisation, d_.clock.now_ms(),
                  {"project.renamed", project_object(project.project.id), Json{{"name", project.project.name}}.dump(),
                   Json{{"name", name}}.dump()}));
}

Result<std::vector<store::Key>> Projects::keys(ProjectId project) {
  auto all = d_.metadata.keys();
  if (!all) return all.error();
  std::erase_if(*all, [&](const store::Key& key) { return key.project != project; });
  return std::move(*all);
}

Result<store::Key> Projects::key_of(ProjectId project, int64_t key) {
  const auto all = keys(project);
  if (!all) return all.error();
  const auto found = std::ranges::find(*all, key, &store::Key::id);
  if (found == all->end()) return Error{"gm-key-unknown", "the project has no such key"};
  return *found;
}

Result<ShownKey> Projects::add_key(const Grantor& grantor, const OwnedProject& project, security::KeyKind kind,
                                   const std::vector<std::string>& origins) {
  if (const auto may = may_make(grantor, kind); !may) return may.error();
  const auto rules = rules_of(kind, origins);
  if (!rules) return rules.error();
  const ProjectId id = project.project.id;
  security::NewKey made = security::make_key(kind, d_.random);
  auto key = d_.store.add_key(id, kind, made, *rules,
                              audit_entry(grantor.actor, project.organisation, d_.clock.now_ms(),
                                          {"key.created", "key:", "", key_json(id, kind, made.prefix)}));
  if (!key) return key.error();
  if (const auto done = told({}); !done) return done.error();
  return ShownKey{std::move(*key), std::move(made)};
}

Result<ShownKey> Projects::rotate_key(const Grantor& grantor, const OwnedProject& project, int64_t key,
                                      int64_t overlap_ms) {
  const auto old = key_of(project.project.id, key);
  if (!old) return old.error();
  if (const auto may = may_make(grantor, old->kind); !may) return may.error();
  const int64_t now = d_.clock.now_ms();
  const int64_t end = now + std::clamp<int64_t>(overlap_ms, 0, settings_.key_overlap_max_ms);
  security::NewKey made = security::make_key(old->kind, d_.random);
  const std::string before = Json{{"key", key}, {"prefix", old->prefix}, {"until", format_iso8601(end)}}.dump();
  auto fresh = d_.store.rotate_key(
      *old, end, made,
      audit_entry(grantor.actor, project.organisation, now,
                  {"key.rotated", "key:", before, key_json(project.project.id, old->kind, made.prefix)}));
  if (!fresh) return fresh.error();
  if (const auto done = told({}); !done) return done.error();
  return ShownKey{std::move(*fresh), std::move(made)};
}

Status Projects::set_origins(const Actor& actor, const OwnedProject& project, int64_t key,
                             const std::vector<std::string>& origins) {
  const auto old = key_of(project.project.id, key);
  if (!old) return old.error();
  const auto rules = rules_of(old->kind, origins);
  if (!rules) return rules.error();
  return told(d_.store.change_key_origins(
      key, *rules,
      audit_entry(actor, project.organisation, d_.clock.now_ms(),
                  {"key.origins_changed", key_object(key), Json{{"origins", old->origins}}.dump(),
                   Json{{"origins", *rules}}.dump()})));
}

Status Projects::end_key(const Actor& actor, const OwnedProject& project, int64_t key) {
  const auto old = key_of(project.project.id, key);
  if (!old) return old.error();
  return told(d_.store.end_key(
      key, audit_entry(actor, project.organisation, d_.clock.now_ms(),
                       {"key.revoked", key_object(key), key_json(old->project, old->kind, old->prefix), ""})));
}

}  // namespace gm::users
