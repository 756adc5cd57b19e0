// revenant-monitor with third-party programs: a browser, stream decoders, a proxy, Prometheus. The checks are in the
// scripts of test/browser; this file provides the programs under test.
#include <fstream>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "test/support/basics/tool.hpp"
#include "test/support/basics/vectors.hpp"
#include "test/support/suite/served.hpp"

namespace revenant::test {
namespace {

namespace json = boost::json;
using tezos::Kind;

constexpr milliseconds limit{240'000};  // includes a download
constexpr std::int32_t first_level = 101;

/// Requests that can be signed in this order.
json::array requests_for(const std::vector<BakerKey>& keys) {
    constexpr auto levels = 20;
    json::array requests;
    for (auto level = first_level; level < first_level + levels; ++level)
        for (const auto kind : {Kind::block, Kind::preattestation, Kind::attestation})
            for (const auto& key : keys)
                requests.push_back({{"address", key.address},
                                    {"kind", tezos::name(kind)},
                                    {"level", level},
                                    {"message", hex(operation(key.curve, kind, level))}});
    return requests;
}

/// Runs a script of test/browser on a suite with two keys that have signed once each.
void expect_script_holds(const std::string& script) {
    Served served;
    for (const auto& key : served.keys)
        ASSERT_EQ(served.sign(key, operation(key.curve, Kind::attestation, first_level - 1)).status, 200U);
    const auto stage = served.suite.run_dir() / "stage.json";
    std::ofstream{stage} << json::serialize(
        json::object{{"monitor", REVENANT_MONITOR},
                     {"signer", fmt::format("http://127.0.0.1:{}", served.suite.signer_port())},
                     {"socket", (served.suite.run_dir() / "signer/status.sock").string()},
                     {"requests", requests_for(served.keys)},
                     {"page", REVENANT_PAGE},
                     {"docs", REVENANT_MONITORING_DOCS},
                     {"pictures", REVENANT_PICTURES}});
    const auto outcome = run_program(REVENANT_BROWSER, {script, stage.string()}, {}, limit);
    if (outcome.code == skipped_code)
        GTEST_SKIP() << outcome.err;
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    EXPECT_TRUE(outcome.out.ends_with(" checks held\n")) << outcome.out;
    std::cout << outcome.out;
}

TEST(monitor_page, updates_live_without_foreign_requests) {
    expect_script_holds("page.js");
}

TEST(monitor_page, reconnects_after_monitor_restart) {
    expect_script_holds("restart.js");
}

TEST(monitor_page, updates_in_more_tabs_than_connections) {
    expect_script_holds("tabs.js");
}

TEST(monitor_page, backs_off_when_server_rejects) {
    expect_script_holds("backoff.js");
}

TEST(monitor_page, silent_stream_is_replaced) {
    expect_script_holds("silence.js");
}

TEST(monitor_page, shows_unknown_values) {
    expect_script_holds("gaps.js");
}

TEST(monitor_stream, foreign_decoders_read_any_chunking) {
    expect_script_holds("decode.js");
}

TEST(monitor_stream, passes_nginx_unbuffered_and_http_1_0) {
    expect_script_holds("proxies.js");
}

TEST(monitor_metrics, prometheus_scrapes_and_rules_match) {
    expect_script_holds("prometheus.js");
}

}  // namespace
}  // namespace revenant::test
