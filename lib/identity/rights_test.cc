#include "lib/identity/rights.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace gm::identity {
namespace {

TEST(Rights, EveryActionHasOneRowAndItsNameLeadsBack) {
  std::set<Action> seen;
  for (const ActionRow& row : rights()) {
    EXPECT_TRUE(seen.insert(row.action).second) << row.name;
    EXPECT_EQ(parse_action(row.name), row.action);
    EXPECT_EQ(action_name(row.action), row.name);
    EXPECT_TRUE(allowed(Role::owner, row.action)) << "nobody could do it: " << row.name;
  }
  EXPECT_EQ(seen.size(), static_cast<size_t>(Action::manage_alerts) + 1) << "an action without a row is denied to all";
  EXPECT_FALSE(parse_action("fly"));
}

TEST(Rights, WhatIsNotInTheTableIsDenied) {
  EXPECT_FALSE(allowed(static_cast<Role>(0), Action::read_numbers));
  EXPECT_FALSE(allowed(Role::owner, static_cast<Action>(200)));
  EXPECT_FALSE(allowed(Role::viewer, Action::read_players));
  EXPECT_FALSE(allowed(Role::admin, Action::manage_owners));
  EXPECT_FALSE(parse_role("root"));
  EXPECT_EQ(parse_role("support"), Role::support);
}

TEST(Rights, ARouteIsFoundByItsPathAndMethod) {
  using enum http::Method;
  const auto action = [](http::Method method, std::string_view path) {
    const RouteRow* row = find_route(method, path);
    return row == nullptr ? std::nullopt : row->action;
  };
  EXPECT_EQ(action(get, "/api/v1/metrics/dau"), Action::read_numbers);
  EXPECT_EQ(action(post, "/api/v1/query/trend"), Action::read_numbers);
  EXPECT_EQ(action(post, "/api/v1/query/players"), Action::read_players);
  EXPECT_EQ(action(del, "/api/v1/projects/3/keys/7"), Action::manage_keys);
  for (const char* unknown : {"/api/v1/metrics/dau/", "/api/v1/metrics/", "/api/v1/metrics/dau/x", "/api/v1", "/", "",
                              "//api/v1/metrics", "/api/v1/nothing"})
    EXPECT_EQ(find_route(get, unknown), nullptr) << unknown;
  EXPECT_EQ(find_route(put, "/api/v1/metrics/dau"), nullptr);
}

TEST(Rights, OnlyRoutesOfAnOrganisationNeedAnActionAndThoseAlwaysDo) {
  for (const RouteRow& row : route_rights()) {
    const bool needs = row.reach == Reach::organisation || row.reach == Reach::project || row.reach == Reach::key;
    EXPECT_EQ(row.action.has_value(), needs) << row.pattern;
    const RouteRow* found = find_route(row.method, row.pattern);
    EXPECT_EQ(found, &row) << row.pattern << " is hidden by an earlier row";
  }
}

}  // namespace
}  // namespace gm::identity
