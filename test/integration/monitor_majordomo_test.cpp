// The monitor itself asks a broker over real sockets, in each dialect frame by frame as it is published.
#include <optional>

#include "test/support/monitor/majordomo_frames.hpp"
#include "test/support/monitor/monitor_program.hpp"
#include "test/support/monitor/monitor_worlds.hpp"

namespace revenant::test {
namespace {

using boost::json::object;

/// A way that rests after five failures is tried again after 30 s.
constexpr milliseconds patience{60'000};

bool is(const object& component, const char* state) {
    return component.at("state") == state;
}

std::string reason(const object& component) {
    return std::string{component.at("reason").as_string()};
}

class majordomo : public MonitorProgram, public ::testing::WithParamInterface<MajordomoDialect> {
protected:
    /// Starts, again at the same port, a broker of the dialect.
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
    /// Of five checks nothing was taken for an answer: else it would have changed, and the failures begun anew.
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

TEST_P(majordomo, broker_tells_of_its_services_amid_garbage_and_partial_answers) {
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

TEST_P(majordomo, answer_that_is_late_is_never_taken_for_that_of_a_later_check) {
    start_broker("late", 900);  // a check takes 500 ms, and the next is under way then
    start({"--period-ms", "50", "--dependencies", way("asked", "sign") + way("tagged", "sign?echo")});
    ComponentWatch watch{port_};
    expect_no_answer(watch, "dependency:asked");
    expect_no_answer(watch, "dependency:tagged");
    EXPECT_EQ(stop(), 0);
}

TEST_P(majordomo, frames_that_are_none_are_no_answer) {
    start_broker("garbage");
    start({"--dependencies", way("asked", "sign") + way("tagged", "sign?echo")});
    ComponentWatch watch{port_};
    expect_no_answer(watch, "dependency:asked");
    expect_no_answer(watch, "dependency:tagged");
    EXPECT_EQ(stop(), 0);
}

TEST_P(majordomo, broker_of_another_dialect_is_silent) {
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

TEST_P(majordomo, broker_that_ends_is_missed_and_asked_again_when_it_is_back) {
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
    expect_both("unhealthy", "the broker does not answer in time");
    start_broker("well");
    expect_both("healthy", "the broker serves 'sign'");
    EXPECT_EQ(stop(), 0);
}

INSTANTIATE_TEST_SUITE_P(all, majordomo, ::testing::ValuesIn(majordomo_dialects),
                         [](const auto& each) { return each.param.name; });

}  // namespace
}  // namespace revenant::test
