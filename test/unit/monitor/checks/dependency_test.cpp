#include "monitor/checks/dependency.hpp"

#include <deque>

#include <gtest/gtest.h>

#include "common/async/event.hpp"
#include "common/async/task_group.hpp"
#include "test/support/basics/loop.hpp"

namespace revenant::monitor {
namespace {

using namespace test;

/// Records the calls of a fake probe.
struct Record {
    int asked = 0, under_way = 0, max_under_way = 0, reset = 0;
    std::vector<Moment> deadlines{};
};

/// Returns the given answers in order, then repeats the last one.
class FakeWay : public Probe {
public:
    FakeWay(const char* name, Record& record, std::deque<Answer> answers)
        : name_{name}, record_{record}, answers_{std::move(answers)} {}
    [[nodiscard]] const char* name() const override { return name_; }
    awaitable<Answer> ask(Moment deadline) override {
        ++record_.asked;
        record_.deadlines.push_back(deadline);
        record_.max_under_way = std::max(record_.max_under_way, ++record_.under_way);
        co_await settle();  // lets other coroutines run
        --record_.under_way;
        auto answer = answers_.front();
        if (answers_.size() > 1)
            answers_.pop_front();
        co_return answer;
    }
    void reset() override { ++record_.reset; }

private:
    const char* name_;
    Record& record_;
    std::deque<Answer> answers_;
};

/// Never responds; returns at the deadline.
class BlackHole : public Probe {
public:
    [[nodiscard]] const char* name() const override { return "hole"; }
    awaitable<Answer> ask(Moment deadline) override {
        co_await sleep_until(deadline);
        co_return Answer{false, Health::unhealthy, "no response within the deadline"};
    }
};

const Answer well{true, Health::healthy, "well"}, ill{true, Health::unhealthy, "ill"},
    silent{false, Health::unhealthy, "silent"};

class dependency : public ::testing::Test {
protected:
    Dependency with(std::vector<std::unique_ptr<Probe>> ways) { return Dependency{"it", true, std::move(ways), pace_}; }
    std::unique_ptr<Probe> way(const char* name, Record& record, std::deque<Answer> answers) {
        return std::make_unique<FakeWay>(name, record, std::move(answers));
    }
    static std::vector<std::unique_ptr<Probe>> list(std::unique_ptr<Probe> one,
                                                    std::unique_ptr<Probe> other = nullptr) {
        std::vector<std::unique_ptr<Probe>> ways;
        ways.push_back(std::move(one));
        if (other)
            ways.push_back(std::move(other));
        return ways;
    }
    CheckResult checked(Dependency& subject) {
        CheckResult result;
        run([&]() -> awaitable<void> { result = co_await subject.check(); });
        return result;
    }

    CheckPace pace_{};
    Record first_, second_;
};

TEST_F(dependency, first_probe_response_skips_second) {
    auto subject = with(list(way("mdp", first_, {well, ill}), way("http", second_, {well})));
    EXPECT_EQ(checked(subject).health, Health::healthy);
    const auto result = checked(subject);  // an unhealthy response is a response
    EXPECT_EQ(result.health, Health::unhealthy);
    EXPECT_FALSE(result.stale);
    EXPECT_EQ(result.failures, 0U);
    EXPECT_EQ(second_.asked, 0);
}

TEST_F(dependency, silent_first_probe_degrades_via_second) {
    auto subject = with(list(way("mdp", first_, {silent}), way("http", second_, {well})));
    const auto result = checked(subject);
    EXPECT_EQ(result.health, Health::degraded);
    EXPECT_EQ(result.reason.substr(0, 18), "degraded, via http");
    EXPECT_FALSE(result.stale);
}

TEST_F(dependency, probes_of_one_kind_have_unique_names) {
    auto subject = with(list(way("http", first_, {silent}), way("http", second_, {well})));
    const auto result = checked(subject);
    EXPECT_EQ(result.reason, "degraded, via http#2: well");
    EXPECT_EQ(result.breakers,
              (std::vector<std::pair<std::string, std::string>>{{"http", "closed"}, {"http#2", "closed"}}));
}

TEST_F(dependency, open_breaker_skips_probe_for_30_s) {
    auto subject = with(list(way("mdp", first_, {silent}), way("http", second_, {well})));
    for (int count = 0; count < 8; ++count)
        checked(subject);
    EXPECT_EQ(first_.asked, 5);
    EXPECT_EQ(second_.asked, 8);
    Clock::turn(29s);
    EXPECT_EQ(checked(subject).breaker, "open");
    EXPECT_EQ(first_.asked, 5);
    Clock::turn(1s);
    checked(subject);
    checked(subject);
    EXPECT_EQ(first_.asked, 6);
}

TEST_F(dependency, opening_breaker_resets_probe) {
    auto subject = with(list(way("mdp", first_, {silent}), way("http", second_, {well})));
    for (int count = 0; count < 4; ++count)
        checked(subject);
    EXPECT_EQ(first_.reset, 0);
    checked(subject);
    EXPECT_EQ(first_.reset, 1);
    checked(subject);  // open: neither checked nor reset
    Clock::turn(30s);
    checked(subject);  // the probe fails
    EXPECT_EQ(first_.reset, 2);
    EXPECT_EQ(second_.reset, 0);
    subject.reset();
    EXPECT_EQ(first_.reset, 3);
    EXPECT_EQ(second_.reset, 1);
}

TEST_F(dependency, recovers_after_breaker_rest) {
    auto subject = with(list(way("mdp", first_, {silent, silent, silent, silent, silent, well})));
    for (int count = 0; count < 5; ++count)
        EXPECT_TRUE(checked(subject).stale);
    const auto resting = checked(subject);
    EXPECT_EQ(resting.breaker, "open");
    EXPECT_EQ(resting.failures, 6U);
    EXPECT_TRUE(resting.stale);
    Clock::turn(30s);
    const auto result = checked(subject);
    EXPECT_EQ(result.health, Health::healthy);
    EXPECT_EQ(result.breaker, "closed");
    EXPECT_EQ(result.failures, 0U);
}

TEST_F(dependency, probes_share_deadline) {
    auto both = with(list(way("mdp", first_, {silent}), way("http", second_, {silent})));
    const auto before = Clock::now();
    checked(both);
    const auto after = Clock::now();
    const auto first = first_.deadlines.at(0), last = second_.deadlines.at(0);
    EXPECT_GE(last, before + 500ms);
    EXPECT_LE(last, after + 500ms);
    EXPECT_GE(first, before + (last - before) / 2) << "half of what is left when it is asked";
    EXPECT_LE(first, after + (last - after) / 2);
}

TEST_F(dependency, short_period_never_overlaps_checks) {
    pace_.period = 1ms;
    auto subject = with(list(way("mdp", first_, {well})));
    int reports = 0;
    run([&]() -> awaitable<void> {
        const auto body = [&](TaskGroup& tasks) -> awaitable<void> {
            tasks.spawn(subject.run([&](const Dependency&, CheckResult) { ++reports; }));
            co_await until([&] { return reports >= 50; });
        };
        co_await with_group(body);
    });
    EXPECT_EQ(first_.max_under_way, 1);
    EXPECT_GE(first_.asked, reports);
    EXPECT_LE(first_.asked, reports + 1);
}

TEST_F(dependency, long_check_skips_elapsed_periods) {
    pace_.period = 20min;
    pace_.deadline = 50min;
    pace_.breaker.failures = 0;
    std::vector<std::unique_ptr<Probe>> ways;
    ways.push_back(std::make_unique<BlackHole>());
    Dependency subject{"hole", true, std::move(ways), pace_};
    unsigned ends = 0;
    run([&]() -> awaitable<void> {
        const auto body = [&](TaskGroup& tasks) -> awaitable<void> {
            tasks.spawn(subject.run([&](const Dependency&, CheckResult) { ++ends; }));
            co_await settle();
            // Runs from 0 to 50 minutes; the periods at 20 and 40 are skipped: 60 to 110, 120 to 170.
            co_await turn_clock(50min);
            EXPECT_EQ(ends, 1U);
            co_await turn_clock(10min);
            EXPECT_EQ(subject.checks(), 2U);
            co_await turn_clock(50min);
            EXPECT_EQ(ends, 2U);
            co_await turn_clock(9min);
            EXPECT_EQ(subject.checks(), 2U);
            co_await turn_clock(1min);
            EXPECT_EQ(subject.checks(), 3U);
        };
        co_await with_group(body);
    });
}

TEST_F(dependency, unresponsive_peer_ends_at_deadline) {
    std::vector<std::unique_ptr<Probe>> ways;
    ways.push_back(std::make_unique<BlackHole>());
    pace_.deadline = 1h;
    Dependency subject{"hole", true, std::move(ways), pace_};
    std::optional<CheckResult> result;
    run([&]() -> awaitable<void> {
        const auto body = [&](TaskGroup& tasks) -> awaitable<void> {
            const auto check = [&]() -> awaitable<void> { result = co_await subject.check(); };
            tasks.spawn(check());
            co_await settle();
            co_await turn_clock(59min);
            EXPECT_FALSE(result);
            co_await turn_clock(1min);
        };
        co_await with_group(body);
    });
    ASSERT_TRUE(result);
    EXPECT_TRUE(result->stale);
    EXPECT_EQ(result->health, Health::unhealthy);
}

}  // namespace
}  // namespace revenant::monitor
