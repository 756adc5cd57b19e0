#include "monitor/checks/dependency.hpp"

#include <deque>

#include <gtest/gtest.h>

#include "common/async/event.hpp"
#include "common/async/task_group.hpp"
#include "test/support/basics/loop.hpp"

namespace revenant::monitor {
namespace {

using namespace test;

/// What happens to the ways of a test, and what they are to do.
struct Record {
    int asked = 0, under_way = 0, max_under_way = 0, reset = 0;
    std::vector<Moment> deadlines{};
};

/// Answers as it was told; at the end of the list, with the last.
class FakeWay : public Probe {
public:
    FakeWay(const char* name, Record& record, std::deque<Answer> answers)
        : name_{name}, record_{record}, answers_{std::move(answers)} {}
    [[nodiscard]] const char* name() const override { return name_; }
    awaitable<Answer> ask(Moment deadline) override {
        ++record_.asked;
        record_.deadlines.push_back(deadline);
        record_.max_under_way = std::max(record_.max_under_way, ++record_.under_way);
        co_await settle();  // others have every opportunity
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

/// Answers nothing until its deadline, as a black hole.
class BlackHole : public Probe {
public:
    [[nodiscard]] const char* name() const override { return "hole"; }
    awaitable<Answer> ask(Moment deadline) override {
        asio::steady_timer timer{co_await asio::this_coro::executor, deadline};
        co_await timer.async_wait(use_awaitable);
        co_return Answer{false, Health::unhealthy, "it does not answer in time"};
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

TEST_F(dependency, says_what_the_first_way_says_and_leaves_the_second_alone) {
    auto subject = with(list(way("mdp", first_, {well, ill}), way("http", second_, {well})));
    EXPECT_EQ(checked(subject).health, Health::healthy);
    const auto result = checked(subject);  // being told that it is ill is an answer
    EXPECT_EQ(result.health, Health::unhealthy);
    EXPECT_FALSE(result.stale);
    EXPECT_EQ(result.failures, 0U);
    EXPECT_EQ(second_.asked, 0);
}

TEST_F(dependency, is_degraded_via_the_second_way_when_the_first_is_silent) {
    auto subject = with(list(way("mdp", first_, {silent}), way("http", second_, {well})));
    const auto result = checked(subject);
    EXPECT_EQ(result.health, Health::degraded);
    EXPECT_EQ(result.reason.substr(0, 18), "degraded, via http");
    EXPECT_FALSE(result.stale);
}

TEST_F(dependency, tells_two_ways_of_one_kind_apart) {
    auto subject = with(list(way("http", first_, {silent}), way("http", second_, {well})));
    const auto result = checked(subject);
    EXPECT_EQ(result.reason, "degraded, via http#2: well");
    EXPECT_EQ(result.breakers,
              (std::vector<std::pair<std::string, std::string>>{{"http", "closed"}, {"http#2", "closed"}}));
}

TEST_F(dependency, does_not_ask_the_first_way_while_its_breaker_is_open_and_asks_once_after_30_s) {
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

TEST_F(dependency, gives_up_what_a_way_keeps_when_its_breaker_opens) {
    auto subject = with(list(way("mdp", first_, {silent}), way("http", second_, {well})));
    for (int count = 0; count < 4; ++count)
        checked(subject);
    EXPECT_EQ(first_.reset, 0);
    checked(subject);
    EXPECT_EQ(first_.reset, 1);
    checked(subject);  // it is open: neither asked nor held
    now_ += 30s;
    checked(subject);  // the probe fails
    EXPECT_EQ(first_.reset, 2);
    EXPECT_EQ(second_.reset, 0);
    subject.reset();
    EXPECT_EQ(first_.reset, 3);
    EXPECT_EQ(second_.reset, 1);
}

TEST_F(dependency, recovers_by_itself) {
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

TEST_F(dependency, one_way_has_the_whole_deadline_and_two_share_it) {
    auto alone = with(list(way("mdp", first_, {silent})));
    checked(alone);
    EXPECT_EQ(first_.deadlines.at(0), now_ + 500ms);
    auto both = with(list(way("mdp", first_, {silent}), way("http", second_, {silent})));
    checked(both);
    EXPECT_EQ(first_.deadlines.at(1), now_ + 250ms);
    EXPECT_EQ(second_.deadlines.at(0), now_ + 500ms);
}

TEST_F(dependency, never_has_two_checks_under_way_however_short_its_period) {
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

TEST_F(dependency, keeps_its_period_and_leaves_out_the_turns_that_a_check_took) {
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
                subject.run([&](const Dependency&, CheckResult) { ends.push_back(std::chrono::steady_clock::now()); }));
            co_await until([&] { return ends.size() >= 4; });
        };
        co_await with_group(body);
    });
    // Begun at 0, ends at 50; the turns at 20 and 40 are left out: 60 to 110, 120 to 170, 180 to 230.
    EXPECT_GE(ends.at(3) - ends.at(0), 3 * 60ms - 10ms);
}

TEST_F(dependency, that_is_a_black_hole_is_given_up_at_the_deadline) {
    std::vector<std::unique_ptr<Probe>> ways;
    ways.push_back(std::make_unique<BlackHole>());
    Dependency subject{"hole", true, std::move(ways), pace_};
    const auto began = std::chrono::steady_clock::now();
    const auto result = checked(subject);
    const auto took = std::chrono::steady_clock::now() - began;
    EXPECT_GE(took, 500ms);
    EXPECT_LE(took, 520ms);
    EXPECT_TRUE(result.stale);
    EXPECT_EQ(result.health, Health::unhealthy);
}

}  // namespace
}  // namespace revenant::monitor
