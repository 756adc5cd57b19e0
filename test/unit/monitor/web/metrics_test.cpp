#include "monitor/web/metrics.hpp"

#include <set>
#include <sstream>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "common/metrics/process.hpp"
#include "monitor/checks/build.hpp"
#include "monitor/checks/declaration.hpp"
#include "monitor/web/health_document.hpp"
#include "test/support/basics/loop.hpp"
#include "test/support/basics/monitor_status_lines.hpp"

namespace revenant::monitor {
namespace {

HealthRegistry filled() {
    HealthRegistry registry{"0.1.0"};
    registry.enter(HealthRegistry::Stage::running, instant_now());
    registry.on_status("signer-0123", "/s", *read_status(test::full_status_line), instant_now());
    CheckResult result{Health::degraded, "via \"http\"", std::chrono::microseconds{250}, 0, "open"};
    result.breakers = {{"mdp", "open"}, {"http", "closed"}};
    registry.record("dependency:broker", "dependency", false, result, instant_now());
    registry.sample({read_process_usage()}, 3, instant_now());
    return registry;
}

TEST(metrics, exposition_contains_operator_metrics) {
    const auto registry = filled();
    const auto text = metrics_text(registry, {5, 7, 1, 9, 2, 8}, "0.1.0");
    for (const auto* const line :
         {"revenant_signer_up{signer=\"signer-0123\"} 1\n", "revenant_ready 1\n",
          "revenant_key_level{signer=\"signer-0123\",serial=\"0123\",key=\"tz4abc\",kind=\"block\"} 1000\n",
          "revenant_key_round{signer=\"signer-0123\",serial=\"0123\",key=\"tz4abc\",kind=\"block\"} 1\n",
          "revenant_refusals_total{signer=\"signer-0123\",reason=\"stale_watermark\"} 2\n",
          "revenant_revivals_total{signer=\"signer-0123\",serial=\"0123\"} 2\n",
          "revenant_link_up{signer=\"signer-0123\",serial=\"0123\"} 1\n",
          "revenant_signature_seconds_bucket{signer=\"signer-0123\",le=\"0.01\"} 25\n",
          "revenant_signature_seconds_bucket{signer=\"signer-0123\",le=\"+Inf\"} 30\n",
          "revenant_breaker_state{component=\"dependency:broker\",way=\"mdp\",state=\"open\"} 1\n",
          "revenant_monitor_streams 5\n", "revenant_monitor_events_dropped_total 2\n", "process_open_fds "})
        EXPECT_NE(text.find(line), std::string::npos) << line;
}

/// Returns each series (name and labels); expects that it is unique and that each type is declared once.
std::set<std::string> series_of(const HealthRegistry& registry) {
    std::istringstream text{metrics_text(registry, {}, "0.1.0")};
    std::set<std::string> series, typed;
    for (std::string line; std::getline(text, line);) {
        if (line.starts_with("# TYPE ")) {
            EXPECT_TRUE(typed.insert(line.substr(7, line.find(' ', 7) - 7)).second) << line;
            continue;
        }
        if (line.starts_with("# "))
            continue;
        EXPECT_TRUE(series.insert(line.substr(0, line.rfind(' '))).second) << line;
    }
    return series;
}

TEST(metrics, each_series_is_unique_and_after_its_type) {
    EXPECT_GT(series_of(filled()).size(), 50U);
}

TEST(metrics, two_http_probes_have_distinct_breakers) {
    auto registry = filled();
    std::optional<ZmqSockets> sockets;
    // No server listens on this port.
    const auto declared = read_declarations("signer=http://127.0.0.1:1/healthz,http://127.0.0.1:1/readyz");
    test::run([&]() -> awaitable<void> {
        const CheckPace pace;
        const auto executor = co_await asio::this_coro::executor;
        const auto signer = build_dependency(executor, sockets, declared.front(), pace);
        auto result = co_await signer->check();
        registry.record("dependency:signer", "dependency", false, std::move(result), instant_now());
    });
    const auto series = series_of(registry);
    for (const auto* const way : {"http", "http#2"})
        EXPECT_EQ(series.count(fmt::format(
                      R"(revenant_breaker_state{{component="dependency:signer",way="{}",state="open"}})", way)),
                  1U)
            << way;
}

TEST(metrics, duplicate_device_gives_one_series) {
    auto registry = filled();
    auto status = *read_status(test::full_status_line);
    auto& devices = status.devices.value();
    devices.push_back(devices.front());
    registry.on_status("signer-twice", "/s", status, instant_now());
    EXPECT_EQ(series_of(registry).count("revenant_link_up{signer=\"signer-twice\",serial=\"0123\"}"), 1U);
}

TEST(health_document, reports_status_of_whole_and_components) {
    auto registry = filled();
    auto document = health_document(registry, "0.1.0");
    EXPECT_EQ(document.at("status"), "warn");
    EXPECT_EQ(document.at("checks").at("device:0123").at(0).at("status"), "pass");
    EXPECT_EQ(document.at("checks").at("dependency:broker").at(0).at("observedValue"), 0.25);
    registry.on_silence("signer-0123", "/s", "no response", instant_now());
    document = health_document(registry, "0.1.0");
    EXPECT_EQ(document.at("status"), "fail");
    EXPECT_EQ(document.at("checks").at("host:signer-0123").at(0).at("status"), "fail");
    EXPECT_EQ(document.at("checks").at("device:0123").at(0).at("status"), "warn");
}

}  // namespace
}  // namespace revenant::monitor
