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

TEST(quantile, interpolates_within_bucket) {
    const std::vector<double> bounds{1, 2, 4};
    EXPECT_DOUBLE_EQ(*quantile(bounds, {10, 0, 0, 0}, 0.5), 0.5);
    EXPECT_DOUBLE_EQ(*quantile(bounds, {5, 5, 0, 0}, 0.5), 1.0);
    EXPECT_DOUBLE_EQ(*quantile(bounds, {0, 0, 10, 0}, 0.25), 2.5);
    EXPECT_DOUBLE_EQ(*quantile(bounds, {0, 0, 0, 10}, 0.5), 4.0);  // above all bounds: the last bound
    EXPECT_FALSE(quantile(bounds, {0, 0, 0, 0}, 0.5));
    EXPECT_FALSE(quantile({}, {5}, 0.5));
}

TEST(rates, are_counter_differences_per_second) {
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

TEST(rates, restart_yields_no_rates) {
    for (const auto& change : std::vector<std::function<void(SignerStatus&)>>{
             [](SignerStatus& status) { status.pid = 8; }, [](SignerStatus& status) { status.started = "later"; },
             [](SignerStatus& status) { status.signatures = 1; }}) {
        auto later = base();
        change(later);
        EXPECT_TRUE(to_json(rates_between(base(), later, 5s)).empty());
    }
}

TEST(rates, missing_counter_omits_only_its_rate) {
    auto later = base();
    later.requests.reset();
    later.latency.reset();
    const auto rates = rates_between(base(), later, 5s);
    EXPECT_FALSE(rates.requests);
    EXPECT_FALSE(rates.p99);
    EXPECT_DOUBLE_EQ(*rates.signatures, 0);
}

TEST(rate_window, covers_30_s_and_resets_with_signer) {
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
    EXPECT_FALSE(window.rates().signatures);  // a rate needs two readings
}

}  // namespace
}  // namespace revenant::monitor
