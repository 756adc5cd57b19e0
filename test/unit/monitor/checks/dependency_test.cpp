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
        Timer timer{co_await asio::this_coro::executor, deadline};
        co_await timer.async_wait(use_awaitable);
        co_return Answer{false, Health::unhealthy, "no response within the deadline"};
    }
};

const Answer well{true, Health::healthy, "well"}, ill{true, Health::unhealthy, "ill"},
    silent{false, Health::unhealthy, "silent"};

class dependency : public ::testing::Test {
protected:
    Dependency with(std::vector<std::unique_ptr<Probe>> ways) {
        return Dependency{"it", true, std::move(ways), pace_, [this] { return now_; }};
    }
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

    Moment now_ = Moment{} + 1000h;
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
    now_ += 30s - 1ms;
    EXPECT_EQ(checked(subject).breaker, "open");
    EXPECT_EQ(first_.asked, 5);
    now_ += 1ms;
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
    now_ += 30s;
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
    now_ += 30s;
    const auto result = checked(subject);
    EXPECT_EQ(result.health, Health::healthy);
    EXPECT_EQ(result.breaker, "closed");
    EXPECT_EQ(result.failures, 0U);
}

TEST_F(dependency, probes_share_deadline) {
    auto alone = with(list(way("mdp", first_, {silent})));
    checked(alone);
    EXPECT_EQ(first_.deadlines.at(0), now_ + 500ms);
    auto both = with(list(way("mdp", first_, {silent}), way("http", second_, {silent})));
    checked(both);
    EXPECT_EQ(first_.deadlines.at(1), now_ + 250ms);
    EXPECT_EQ(second_.deadlines.at(0), now_ + 500ms);
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
    pace_.period = 20ms;
    pace_.deadline = 50ms;
    pace_.breaker.failures = 0;
    std::vector<std::unique_ptr<Probe>> ways;
    ways.push_back(std::make_unique<BlackHole>());
    Dependency subject{"hole", true, std::move(ways), pace_};
    std::vector<Moment> ends;
    run([&]() -> awaitable<void> {
        const auto body = [&](TaskGroup& tasks) -> awaitable<void> {
            tasks.spawn(
                subject.run([&](const Dependency&, CheckResult) { ends.push_back(Clock::now()); }));
            co_await until([&] { return ends.size() >= 4; });
        };
        co_await with_group(body);
    });
    // Runs from 0 to 50 ms; the periods at 20 and 40 are skipped: 60 to 110, 120 to 170, 180 to 230.
    EXPECT_GE(ends.at(3) - ends.at(0), 3 * 60ms - 10ms);
}

TEST_F(dependency, unresponsive_peer_ends_at_deadline) {
    std::vector<std::unique_ptr<Probe>> ways;
    ways.push_back(std::make_unique<BlackHole>());
    Dependency subject{"hole", true, std::move(ways), pace_};
    const auto began = Clock::now();
    const auto result = checked(subject);
    const auto took = Clock::now() - began;
    EXPECT_GE(took, 500ms);
    EXPECT_LE(took, 520ms);
    EXPECT_TRUE(result.stale);
    EXPECT_EQ(result.health, Health::unhealthy);
}

}  // namespace
}  // namespace revenant::monitor
