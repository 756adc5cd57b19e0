#include "monitor/signer/rates.hpp"

#include <functional>

#include <gtest/gtest.h>

#include "test/support/basics/monitor_status_lines.hpp"

namespace revenant::monitor {
namespace {

using namespace std::chrono_literals;

SignerStatus base() {
    return *read_status(test::full_status_line);
}

TEST(quantile, is_interpolated_within_its_bucket) {
    const std::vector<double> bounds{1, 2, 4};
    EXPECT_DOUBLE_EQ(*quantile(bounds, {10, 0, 0, 0}, 0.5), 0.5);
    EXPECT_DOUBLE_EQ(*quantile(bounds, {5, 5, 0, 0}, 0.5), 1.0);
    EXPECT_DOUBLE_EQ(*quantile(bounds, {0, 0, 10, 0}, 0.25), 2.5);
    EXPECT_DOUBLE_EQ(*quantile(bounds, {0, 0, 0, 10}, 0.5), 4.0);  // above all bounds: the last is all that is known
    EXPECT_FALSE(quantile(bounds, {0, 0, 0, 0}, 0.5));
    EXPECT_FALSE(quantile({}, {5}, 0.5));
}

TEST(rates, are_what_was_counted_in_between_by_the_time_that_it_took) {
    auto later = base();
    *later.requests += 20;
    *later.signatures += 10;
    *later.devices->at(0).keys->at(0).signatures += 10;
    later.refusals->at("stale_watermark") += 3;
    later.latency->counts[0] += 10;
    const auto rates = rates_between(base(), later, 5s);
    EXPECT_DOUBLE_EQ(*rates.requests, 4);
    EXPECT_DOUBLE_EQ(*rates.signatures, 2);
    EXPECT_DOUBLE_EQ(rates.keys.at("tz4abc"), 2);
    EXPECT_DOUBLE_EQ(rates.keys.at("tz4def"), 0);
    EXPECT_EQ(rates.refusals, (std::map<std::string, std::uint64_t>{{"stale_watermark", 3}}));
    EXPECT_DOUBLE_EQ(*rates.p50, 0.0005);
}

TEST(rates, of_two_lives_are_not_there) {
    for (const auto& change : std::vector<std::function<void(SignerStatus&)>>{
             [](SignerStatus& status) { status.pid = 8; }, [](SignerStatus& status) { status.started = "later"; },
             [](SignerStatus& status) { status.signatures = 1; }}) {
        auto later = base();
        change(later);
        EXPECT_TRUE(to_json(rates_between(base(), later, 5s)).empty());
    }
}

TEST(rates, what_is_not_told_is_not_there_and_the_rest_is) {
    auto later = base();
    later.requests.reset();
    later.latency.reset();
    const auto rates = rates_between(base(), later, 5s);
    EXPECT_FALSE(rates.requests);
    EXPECT_FALSE(rates.p99);
    EXPECT_DOUBLE_EQ(*rates.signatures, 0);
}

TEST(rate_window, is_half_a_minute_long_and_begins_anew_with_the_signer) {
    RateWindow window;
    auto status = base();
    Moment now{};
    for (int count = 0; count < 20; ++count, now += 5s) {
        *status.signatures += count < 10 ? 100 : 5;
        window.take(now, status);
    }
    EXPECT_DOUBLE_EQ(*window.rates().signatures, 1);
    window.take(now, std::nullopt);
    EXPECT_FALSE(window.rates().signatures);
    window.take(now, status);
    EXPECT_FALSE(window.rates().signatures);  // one reading is no rate
}

}  // namespace
}  // namespace revenant::monitor
