// The monitor with a broker over real sockets, in each Majordomo dialect, frame by frame as specified.
#include <optional>

#include "test/support/monitor/majordomo_frames.hpp"
#include "test/support/monitor/monitor_program.hpp"
#include "test/support/monitor/monitor_worlds.hpp"

namespace revenant::test {
namespace {

using boost::json::object;

/// A breaker opens after five failures and retries after 30 s.
constexpr milliseconds patience{60'000};

bool is(const object& component, const char* state) {
    return component.at("state") == state;
}

std::string reason(const object& component) {
    return std::string{component.at("reason").as_string()};
}

class majordomo : public MonitorProgram, public ::testing::WithParamInterface<MajordomoDialect> {
protected:
    /// Starts a broker of the dialect, always on the same port.
    void start_broker(const std::string& behaviour, int delay_ms = 0) {
        broker_.reset();
        broker_.emplace(std::vector<std::string>{REVENANT_MONITOR_PEER, broker_port_, behaviour,
                                                 std::to_string(delay_ms), GetParam().name},
                        1);
        broker_->line_with("at ");
    }
    [[nodiscard]] std::string way(const std::string& name, const std::string& service) const {
        return way(name, GetParam().name, service);
    }
    [[nodiscard]] std::string way(const std::string& name, const std::string& dialect,
                                  const std::string& service) const {
        return name + "=mdp+" + dialect + "://127.0.0.1:" + broker_port_ + "/" + service + " ";
    }
    /// No reply was accepted in five checks: one would change the state and reset the failures.
    static void expect_no_answer(ComponentWatch& watch, const std::string& name) {
        const auto decided = [](const object& component) {
            return component.at("breaker") == "open" || !is(component, "unhealthy");
        };
        watch.until(name, decided, patience);
        const auto& all = watch.told(name);
        for (const auto& component : all) {
            EXPECT_TRUE(is(component, "unhealthy")) << reason(component);
            EXPECT_EQ(component.at("stale"), true);
            EXPECT_EQ(component.at("changed"), all.front().at("changed"));
        }
    }

    std::string broker_port_ = free_port();
    std::optional<Spawned> broker_;
};

TEST_P(majordomo, services_are_found_amid_garbage) {
    start_broker("noisy");
    start({"--dependencies", way("here", "sign") + way("echo", "sign?echo") + way("gone", "absent")});
    ComponentWatch watch{port_};
    const auto here = watch.until(
        "dependency:here", [](const object& component) { return is(component, "healthy"); }, patience);
    EXPECT_EQ(reason(here), "the broker serves 'sign'");
    watch.until(
        "dependency:echo", [](const object& component) { return is(component, "healthy"); }, patience);
    const auto gone = watch.until(
        "dependency:gone", [](const object& component) { return is(component, "unhealthy"); }, patience);
    EXPECT_EQ(reason(gone), "the broker has no worker for 'absent'");
    EXPECT_EQ(gone.at("stale"), false);
    EXPECT_EQ(stop(), 0);
}

TEST_P(majordomo, late_reply_is_not_matched_to_later_check) {
    start_broker("late", 900);  // a check times out after 500 ms, so the next one is pending
    start({"--period-ms", "50", "--dependencies", way("asked", "sign") + way("tagged", "sign?echo")});
    ComponentWatch watch{port_};
    expect_no_answer(watch, "dependency:asked");
    expect_no_answer(watch, "dependency:tagged");
    EXPECT_EQ(stop(), 0);
}

TEST_P(majordomo, invalid_frames_are_no_reply) {
    start_broker("garbage");
    start({"--dependencies", way("asked", "sign") + way("tagged", "sign?echo")});
    ComponentWatch watch{port_};
    expect_no_answer(watch, "dependency:asked");
    expect_no_answer(watch, "dependency:tagged");
    EXPECT_EQ(stop(), 0);
}

TEST_P(majordomo, broker_of_other_dialect_does_not_reply) {
    start_broker("well");
    std::string ways;
    for (const auto& other : majordomo_dialects)
        ways += way(other.name, other.name, "sign");
    start({"--dependencies", ways});
    ComponentWatch watch{port_};
    for (const auto& other : majordomo_dialects)
        if (other.name != GetParam().name)
            expect_no_answer(watch, "dependency:" + other.name);
    watch.until(
        "dependency:" + GetParam().name, [](const object& component) { return is(component, "healthy"); }, patience);
    EXPECT_EQ(stop(), 0);
}

TEST_P(majordomo, missing_echo_is_blamed_on_service) {
    start_broker("mute");
    start({"--dependencies", way("tagged", "sign?echo")});
    ComponentWatch watch{port_};
    const auto found = watch.until(
        "dependency:tagged", [](const object& component) { return is(component, "unhealthy"); }, patience);
    EXPECT_EQ(reason(found),
              "no echo from the service 'sign', but the broker responds with 200: check that the service implements "
              "the echo");
    expect_no_answer(watch, "dependency:tagged");
    EXPECT_EQ(stop(), 0);
}

TEST_P(majordomo, restarted_broker_is_probed_again) {
    start_broker("well");
    start({"--dependencies", way("asked", "sign") + way("tagged", "sign?echo")});
    ComponentWatch watch{port_};
    const auto expect_both = [&watch](const char* state, const std::string& words) {
        for (const auto* const name : {"dependency:asked", "dependency:tagged"}) {
            const auto found = watch.until(
                name, [state](const object& component) { return is(component, state); }, patience);
            EXPECT_EQ(reason(found), words);
        }
    };
    expect_both("healthy", "the broker serves 'sign'");
    broker_.reset();
    expect_both("unhealthy", "no response from the broker within the deadline");
    start_broker("well");
    expect_both("healthy", "the broker serves 'sign'");
    EXPECT_EQ(stop(), 0);
}

INSTANTIATE_TEST_SUITE_P(all, majordomo, ::testing::ValuesIn(majordomo_dialects),
                         [](const auto& each) { return each.param.name; });

}  // namespace
}  // namespace revenant::test
