#include "monitor/state/health_registry.hpp"

#include <algorithm>

#include <boost/json/serialize.hpp>
#include <gtest/gtest.h>

#include "test/support/basics/monitor_status_lines.hpp"

namespace revenant::monitor {
namespace {

using namespace std::chrono_literals;

class registry : public ::testing::Test {
protected:
    registry() {
        subject_.listen({[this](std::string_view name, std::string key, const boost::json::object& data) {
                             published_.emplace_back(std::string{name}, data);
                             keys_.push_back(std::move(key));
                         },
                         [this](std::string_view name, const boost::json::object& data) {
                             published_.emplace_back(std::string{name}, data);
                         }});
    }
    int count(const std::string& name) const {
        return static_cast<int>(
            std::count_if(published_.begin(), published_.end(), [&](const auto& each) { return each.first == name; }));
    }
    void hear(const SignerStatus& status) { subject_.on_status("signer-0123", "/s", status, now_); }
    void pass(std::chrono::milliseconds time) {
        now_.at += time;
        now_.utc = "later";
    }

    HealthRegistry subject_{"0.1.0"};
    Instant now_{Moment{} + 1000h, "now"};
    SignerStatus status_ = *read_status(test::full_status_line);
    std::vector<std::pair<std::string, boost::json::object>> published_;
    std::vector<std::string> keys_;
};

TEST_F(registry, ready_only_running_with_usable_device) {
    EXPECT_FALSE(subject_.readiness().ready);
    hear(status_);
    EXPECT_FALSE(subject_.readiness().ready);
    subject_.enter(HealthRegistry::Stage::running, now_);
    EXPECT_TRUE(subject_.readiness().ready);
    status_.devices->at(0).state = "absent";
    hear(status_);
    EXPECT_FALSE(subject_.readiness().ready);
    status_.devices->at(0).state = "ready";
    hear(status_);
    EXPECT_TRUE(subject_.readiness().ready);
    subject_.on_silence("signer-0123", "/s", "no response", now_);
    EXPECT_FALSE(subject_.readiness().ready);
    hear(status_);
    subject_.enter(HealthRegistry::Stage::stopping, now_);
    EXPECT_FALSE(subject_.readiness().ready);
}

TEST_F(registry, publishes_only_changes) {
    hear(status_);
    const auto told = published_.size();
    *status_.descriptors += 1;  // differ on each read
    *status_.pss_kib += 40;
    hear(status_);
    EXPECT_EQ(published_.size(), told);
    *status_.signatures += 1;
    hear(status_);
    EXPECT_EQ(published_.size(), told + 1);
    EXPECT_EQ(published_.back().first, "signer");
}

TEST_F(registry, silent_signer_is_stale_with_age) {
    hear(status_);
    pass(1500ms);
    subject_.on_silence("signer-0123", "/s", "no response", now_);
    const auto state = subject_.state_json(now_);
    const auto& signer = state.at("signers").at(0);
    EXPECT_EQ(signer.at("link"), "down");
    EXPECT_EQ(signer.at("stale"), true);
    EXPECT_EQ(signer.at("age_ms"), 1500);
    EXPECT_EQ(signer.at("devices").at(0).at("serial"), "0123");
    EXPECT_EQ(subject_.health(), Health::unhealthy);
    pass(1000ms);
    const auto told = published_.size();
    subject_.on_silence("signer-0123", "/s", "no response", now_);
    EXPECT_EQ(published_.size(), told);
}

TEST_F(registry, unseen_signer_has_no_status_fields) {
    subject_.on_silence("signer-0123", "/s", "no response", now_);
    const auto state = subject_.state_json(now_);
    const auto& signer = state.at("signers").at(0).as_object();
    EXPECT_EQ(signer.at("link"), "down");
    EXPECT_FALSE(signer.contains("devices"));
    EXPECT_FALSE(signer.contains("age_ms"));
}

TEST_F(registry, key_missing_from_status_is_removed) {
    hear(status_);
    EXPECT_EQ(subject_.components().count("key:tz4def"), 1U);
    status_.devices->at(0).keys->pop_back();
    hear(status_);
    EXPECT_EQ(subject_.components().count("key:tz4def"), 0U);
    const auto gone = std::find_if(published_.begin(), published_.end(),
                                   [](const auto& each) { return each.second.contains("gone"); });
    ASSERT_NE(gone, published_.end());
    EXPECT_EQ(gone->second.at("name"), "key:tz4def");
}

TEST_F(registry, unchanged_component_is_not_published) {
    subject_.record("dependency:node", "dependency", true, {Health::healthy, "well", 100us}, now_);
    const auto told = published_.size();
    pass(500ms);
    subject_.record("dependency:node", "dependency", true, {Health::healthy, "well", 900us}, now_);
    EXPECT_EQ(published_.size(), told);
    EXPECT_EQ(subject_.components().at("dependency:node").checked, now_.at);
    EXPECT_EQ(subject_.components().at("dependency:node").changed_at, "now");
    pass(500ms);
    subject_.record("dependency:node", "dependency", true, {Health::unhealthy, "ill", std::nullopt, 1, "closed", true},
                    now_);
    EXPECT_EQ(count("component"), 2);
    EXPECT_EQ(subject_.components().at("dependency:node").changed_at, "later");
    // The age refers to the last response, not to the last check.
    EXPECT_EQ(to_json(subject_.components().at("dependency:node"), now_.at).at("age_ms"), 500);
}

TEST_F(registry, history_and_lines_are_bounded) {
    hear(status_);
    for (int sample = 0; sample < 400; ++sample) {
        pass(5s);
        subject_.sample({}, 0, now_);
        subject_.record("x", "dependency", false, {sample % 2 == 0 ? Health::healthy : Health::unhealthy, "r"}, now_);
    }
    EXPECT_EQ(subject_.history_json().size(), HealthRegistry::max_points);
    EXPECT_EQ(subject_.state_json(now_).at("events").as_array().size(), HealthRegistry::max_lines);
    EXPECT_EQ(subject_.history_json().at(0).at("signers").at("signer-0123").at("signatures_per_s"), 0.0);
}

TEST_F(registry, review_updates_monitor_without_history) {
    Resources resources;
    resources.zmq_floods = 3;
    subject_.review(resources, 7, now_);
    const auto monitor = subject_.state_json(now_).at("monitor");
    EXPECT_EQ(monitor.at("connections"), 7);
    EXPECT_EQ(monitor.at("zmq_floods"), 3);
    EXPECT_EQ(subject_.components().at("monitor").result.health, Health::healthy);
    resources.zmq_flood = "flooded";
    subject_.review(resources, 7, now_);
    EXPECT_EQ(subject_.components().at("monitor").result.reason, "flooded");
    EXPECT_EQ(subject_.history_json().size(), 0U);
}

/// A status with `count` keys, named from `first`.
SignerStatus with_keys(int first, int count) {
    SignerStatus status;
    auto& keys = status.devices.emplace(1).front().keys.emplace();
    for (int key = first; key < first + count; ++key)
        keys.push_back({"", "key" + std::to_string(key), "unlocked"});
    return status;
}

TEST_F(registry, keys_are_bounded_and_leave_room_for_checks) {
    hear(with_keys(0, 1000));
    EXPECT_EQ(subject_.components().size(), HealthRegistry::max_components);
    subject_.record("dependency:node", "dependency", false, {}, now_);
    EXPECT_EQ(subject_.components().count("dependency:node"), 1U);
}

TEST_F(registry, ever_new_names_are_published_at_a_limited_rate) {
    for (int line = 0; line < 50; ++line)
        hear(with_keys(100 * line, 100));
    EXPECT_LE(count("component"), 520);
    const auto before = count("component");
    for (int line = 0; line < 50; ++line) {
        pass(20ms);
        hear(with_keys(100 * line, 100));
    }
    EXPECT_LE(count("component") - before, 32 + 10);
}

TEST_F(registry, changing_states_are_published_at_a_limited_rate) {
    auto locked = with_keys(0, 100);
    for (auto& key : *locked.devices->front().keys)
        key.lock = "locked";
    for (int line = 0; line < 50; ++line)
        hear(line % 2 == 0 ? locked : with_keys(0, 100));
    EXPECT_LE(count("component"), 520);
    EXPECT_LE(count("log"), 520);
}

TEST_F(registry, skipped_changes_follow_with_same_status) {
    for (int line = 0; line < 10; ++line)
        hear(with_keys(100 * line, 100));
    const auto last = with_keys(0, 3);
    hear(last);
    EXPECT_NE(subject_.components().size(), 5U);  // host, device, three keys
    const auto signers = count("signer");
    for (int line = 0; line < 100; ++line) {
        pass(1s);
        hear(last);
    }
    EXPECT_EQ(subject_.components().size(), 5U);
    EXPECT_EQ(count("signer"), signers);
}

}  // namespace
}  // namespace revenant::monitor
