#include "monitor/health/health.hpp"

#include <gtest/gtest.h>

#include "common/metrics/process.hpp"
#include "monitor/health/resources.hpp"
#include "monitor/signer/check_results.hpp"
#include "test/support/basics/monitor_status_lines.hpp"

namespace revenant::monitor {
namespace {

Component part(bool essential, Health health) {
    Component component;
    component.essential = essential;
    component.result.health = health;
    return component;
}

Health all_of(const std::vector<Component>& components) {
    std::vector<const Component*> pointers;
    for (const auto& component : components)
        pointers.push_back(&component);
    return overall(pointers);
}

TEST(health, overall_is_worst_essential_component) {
    using enum Health;
    EXPECT_EQ(all_of({}), unknown);
    EXPECT_EQ(all_of({part(true, healthy), part(false, healthy)}), healthy);
    EXPECT_EQ(all_of({part(true, healthy), part(true, degraded)}), degraded);
    EXPECT_EQ(all_of({part(true, unknown), part(true, degraded)}), unknown);
    EXPECT_EQ(all_of({part(true, unknown), part(true, unhealthy)}), unhealthy);
}

TEST(health, nonessential_component_only_degrades) {
    using enum Health;
    for (const auto bad : {degraded, unhealthy, unknown}) {
        EXPECT_EQ(all_of({part(true, healthy), part(false, bad)}), degraded);
        EXPECT_EQ(all_of({part(true, unhealthy), part(false, bad)}), unhealthy);
    }
}

class findings : public ::testing::Test {
protected:
    SignerStatus status_ = *read_status(test::full_status_line);
    CheckResult of(const std::string& name, bool heard = true) const {
        for (const auto& each : check_results_of(status_, heard))
            if (each.name == name)
                return each.result;
        throw std::runtime_error{"there is no " + name};
    }
};

TEST_F(findings, ready_device_with_usable_key_is_healthy) {
    EXPECT_EQ(of("device:0123").health, Health::healthy);
    EXPECT_EQ(of("key:tz4abc").health, Health::healthy);
    EXPECT_EQ(of("key:tz4def").health, Health::unhealthy);  // locked
    EXPECT_TRUE(can_sign(status_));
}

TEST_F(findings, device_without_usable_key_is_unhealthy) {
    for (auto& key : *status_.devices->at(0).keys)
        key.lock = "locked";
    EXPECT_EQ(of("device:0123").health, Health::unhealthy);
    EXPECT_FALSE(can_sign(status_));
    status_.devices->at(0).keys->at(0).lock = "unlocked";
    status_.devices->at(0).keys->at(0).corrupted = true;
    EXPECT_EQ(of("key:tz4abc").health, Health::unhealthy);
    EXPECT_FALSE(can_sign(status_));
}

TEST_F(findings, key_with_unwritten_reserve_is_degraded) {
    auto& key = status_.devices->at(0).keys->at(0);
    key.reserve_failed = true;
    EXPECT_EQ(of("key:tz4abc").health, Health::degraded);
    EXPECT_TRUE(can_sign(status_));
    key.lock = "locked";
    EXPECT_EQ(of("key:tz4abc").health, Health::unhealthy);
}

TEST_F(findings, device_with_unlisted_keys_is_unknown) {
    status_.devices->at(0).keys->clear();
    EXPECT_EQ(of("device:0123").health, Health::unknown);
    EXPECT_EQ(of("device:0123").reason.find('0'), std::string::npos);
    EXPECT_FALSE(can_sign(status_));
}

TEST_F(findings, each_link_failure_is_unhealthy_with_reason) {
    for (const auto* const state : {"absent", "not_ready", "silent", "foreign", "forbidden", "several", "held"}) {
        status_.devices->at(0).state = state;
        EXPECT_EQ(of("device:0123").health, Health::unhealthy) << state;
        EXPECT_GT(of("device:0123").reason.size(), 10U);
        EXPECT_FALSE(can_sign(status_));
    }
    for (const auto* const state : {"", "dreaming"}) {
        status_.devices->at(0).state = state;
        EXPECT_EQ(of("device:0123").health, Health::unknown);
    }
}

TEST_F(findings, no_device_is_unhealthy) {
    status_.devices->clear();
    EXPECT_EQ(of("device:none").health, Health::unhealthy);
    EXPECT_FALSE(can_sign(status_));
}

TEST_F(findings, silent_signer_gives_stale_unknown_results) {
    const auto result = of("key:tz4abc", false);
    EXPECT_EQ(result.health, Health::unknown);
    EXPECT_TRUE(result.stale);
    EXPECT_NE(result.reason.find("unlocked"), std::string::npos);
}

TEST(resources, process_usage_is_read) {
    const auto own = read_process_usage();
    EXPECT_GE(own.all_descriptors(), 3U);
    EXPECT_GE(own.threads, 1U);
    EXPECT_GT(own.pss_kib, 100U);
    EXPECT_GT(own.descriptor_limit, 0U);
}

TEST(resources, exceeded_limit_raises_alarm) {
    Resources resources;
    resources.descriptors = {{"socket", 500}};
    resources.descriptor_limit = 4096;
    EXPECT_TRUE(alarms_of(resources, 450, {}).empty());
    EXPECT_EQ(alarms_of(resources, 10, {}).size(), 1U);  // more sockets than connections
    resources.descriptor_limit = 510;
    EXPECT_EQ(alarms_of(resources, 450, {}).size(), 1U);
    resources = {};
    resources.zmq_opened = 20;
    resources.zmq_closed = 4;
    resources.zmq_cap = 16;
    EXPECT_EQ(alarms_of(resources, 0, {}).size(), 1U);
    resources = {};
    resources.threads = 9;
    resources.pss_kib = 65 * 1024;
    EXPECT_EQ(alarms_of(resources, 0, {}).size(), 2U);
    resources = {};
    resources.zmq_flood = "flooded";
    EXPECT_EQ(alarms_of(resources, 0, {}), std::vector<std::string>{"flooded"});
}

}  // namespace
}  // namespace revenant::monitor
