#include "services/event_processor/money.h"

#include <gtest/gtest.h>

namespace gm::event_processor {
namespace {

const Date kDay = Date::parse("2026-11-02").value();

ProjectProfile profile() {
  const std::vector<event::Rate> rates = {{"EUR", kDay, 1'080'000'000}};
  return {TimeZone::utc(), "USD", std::make_shared<event::RateTable>(rates)};
}

event::Event paid(int64_t micros, std::string_view currency, std::string_view properties) {
  event::Event event;
  event.revenue_micros = micros;
  event.currency = currency;
  event.properties = properties;
  return event;
}

TEST(Money, is_converted_and_what_was_sent_is_kept) {
  MoneyConverter money;
  const ProjectProfile to = profile();
  const event::Event* converted = money.convert(paid(-4'990'000, "EUR", R"({"item":"gem"})"), to, kDay);
  EXPECT_EQ(converted->revenue_micros, -5'389'200);
  EXPECT_EQ(converted->currency, "USD");
  EXPECT_EQ(converted->properties, R"({"$gm_original_amount":-4.990000,"$gm_original_currency":"EUR","item":"gem"})");
  EXPECT_EQ(money.convert(paid(1, "EUR", "{ }"), to, kDay)->properties,
            R"({"$gm_original_amount":0.000001,"$gm_original_currency":"EUR"})");
  EXPECT_EQ(money.convert(paid(1, "EUR", ""), to, kDay)->properties,
            R"({"$gm_original_amount":0.000001,"$gm_original_currency":"EUR"})");
}

TEST(Money, stays_as_it_came_without_a_rate) {
  MoneyConverter money;
  const ProjectProfile to = profile();
  const event::Event own = paid(1, "USD", "{}"), unknown = paid(1, "JPY", "{}"), early = paid(1, "EUR", "{}");
  EXPECT_EQ(money.convert(own, to, kDay), &own);
  EXPECT_EQ(money.convert(unknown, to, kDay), &unknown);
  EXPECT_EQ(money.convert(early, to, kDay - 1), &early);
  event::Event free;
  EXPECT_EQ(money.convert(free, to, kDay), &free);
}

}  // namespace
}  // namespace gm::event_processor
