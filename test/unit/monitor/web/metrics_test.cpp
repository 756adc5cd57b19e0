#include "monitor/web/metrics.hpp"

#include <map>
#include <set>
#include <sstream>

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

using LabelSet = std::map<std::string, std::string>;

/// Parses `a="b",c="d"}`, with escapes in the values. Each label may occur once.
LabelSet labels_in(std::string_view text) {
    LabelSet labels;
    while (text != "}") {
        const auto equals = text.find("=\"");
        const std::string name{text.substr(0, equals)};
        std::string value;
        auto at = equals + 2;
        for (; text.at(at) != '"'; ++at) {
            if (text[at] == '\\')
                ++at;
            value += text.at(at);
        }
        EXPECT_TRUE(labels.emplace(name, value).second) << name;
        text.remove_prefix(at + 1);
        if (text.starts_with(','))
            text.remove_prefix(1);
    }
    return labels;
}

/// Returns each series of the whole page as name and labels. As Prometheus does, expects that each is unique whatever
/// the order of its labels, and that a metric's samples stand together after its one type.
std::set<std::pair<std::string, LabelSet>> series_of(const HealthRegistry& registry) {
    std::istringstream text{metrics_text(registry, {}, "0.1.0")};
    std::set<std::pair<std::string, LabelSet>> series;
    std::set<std::string> typed;
    std::string type;
    for (std::string line; std::getline(text, line);) {
        if (line.starts_with("# TYPE ")) {
            type = line.substr(7, line.find(' ', 7) - 7);
            EXPECT_TRUE(typed.insert(type).second) << line;
        }
        if (line.starts_with('#'))
            continue;
        const auto sample = line.substr(0, line.rfind(' '));
        const auto brace = sample.find('{');
        const auto labels =
            brace == std::string::npos ? LabelSet{} : labels_in(std::string_view{sample}.substr(brace + 1));
        EXPECT_TRUE(series.emplace(sample.substr(0, brace), labels).second) << line;
        EXPECT_TRUE(sample.starts_with(type)) << line;
    }
    return series;
}

TEST(metrics, each_series_is_unique_and_after_its_type) {
    EXPECT_GT(series_of(filled()).size(), 50U);
}

TEST(metrics, probes_of_one_kind_have_distinct_series) {
    auto registry = filled();
    std::optional<ZmqSockets> sockets;
    // No server listens on this port.
    const auto declared = read_declarations(
        "signer=http://127.0.0.1:1/healthz,http://127.0.0.1:1/readyz,http://127.0.0.1:1/ "
        "broker2=mdp://127.0.0.1:1/a,mdp+rfc7://127.0.0.1:1/a files=unix:/nowhere/a,unix:/nowhere/b,status:/nowhere/a");
    test::run([&]() -> awaitable<void> {
        CheckPace pace;
        pace.deadline = 10ms;
        const auto executor = co_await asio::this_coro::executor;
        for (const auto& declaration : declared) {
            const auto dependency = build_dependency(executor, sockets, declaration, pace);
            auto result = co_await dependency->check();
            registry.record("dependency:" + declaration.name, "dependency", false, std::move(result), instant_now());
        }
    });
    const auto series = series_of(registry);
    const auto breakers = [&](const std::string& component, const std::string& way) {
        return std::count_if(series.begin(), series.end(), [&](const auto& one) {
            return one.first == "revenant_breaker_state" && one.second.at("component") == "dependency:" + component &&
                   one.second.at("way") == way;
        });
    };
    for (const auto* const way : {"http", "http#2", "http#3"})
        EXPECT_EQ(breakers("signer", way), 3) << way;
    for (const auto* const way : {"mdp", "mdp#2"})
        EXPECT_EQ(breakers("broker2", way), 3) << way;
    for (const auto* const way : {"unix", "unix#2", "status"})
        EXPECT_EQ(breakers("files", way), 3) << way;
}

TEST(metrics, duplicate_device_gives_one_series) {
    auto registry = filled();
    auto status = *read_status(test::full_status_line);
    auto& devices = status.devices.value();
    devices.push_back(devices.front());
    registry.on_status("signer-twice", "/s", status, instant_now());
    EXPECT_EQ(series_of(registry).count({"revenant_link_up", {{"signer", "signer-twice"}, {"serial", "0123"}}}), 1U);
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
