#include "registrar/ep0/ep0.hpp"

#include <array>
#include <stdexcept>

#include <gtest/gtest.h>

#include "registrar/ep0/descriptors.hpp"
#include "test/support/basics/loop.hpp"
#include "test/unit/registrar/ep0/fake_ep0.hpp"

namespace revenant::registrar {
namespace {

using namespace test;
using Level = Ep0News::Level;
using Heard = std::vector<std::string>;

TEST(take_over, new_ep0_gets_descriptors_and_strings) {
    FakeEp0 kernel{true};
    const auto found = take_over(*kernel.file());
    EXPECT_FALSE(found.adopted);
    EXPECT_EQ(found.news, Ep0News{});
    EXPECT_EQ(kernel.taken(), (std::vector{function_descriptors(), function_strings()}));
}

TEST(take_over, rejected_descriptors_throw) {
    FakeEp0 kernel{true};
    kernel.refuse_write = EINVAL;
    try {
        take_over(*kernel.file());
        FAIL();
    } catch (const std::runtime_error& error) {
        EXPECT_EQ(
            std::string{error.what()},
            "ep0 rejects the descriptors: Invalid argument: run `revenant-registrar setup`, and see the kernel log");
    }
}

TEST(take_over, unreadable_ep0_throws) {
    FakeEp0 kernel;
    kernel.fail_read(EIO);
    EXPECT_THROW(take_over(*kernel.file()), std::runtime_error);
}

TEST(take_over, active_ep0_is_adopted_without_writes) {
    FakeEp0 kernel;
    const auto found = take_over(*kernel.file());
    EXPECT_TRUE(found.adopted);
    EXPECT_EQ(found.news, Ep0News{});
    EXPECT_TRUE(kernel.taken().empty());
    EXPECT_TRUE(kernel.heard().empty());
}

TEST(take_over, stale_requests_stall_other_events_count) {
    FakeEp0 kernel;
    kernel.event(FUNCTIONFS_ENABLE);
    kernel.event(FUNCTIONFS_SETUP, probe_setup);
    kernel.event(FUNCTIONFS_DISABLE);
    kernel.event(FUNCTIONFS_SETUP, foreign_out);
    const auto found = take_over(*kernel.file());
    EXPECT_TRUE(found.adopted);
    EXPECT_EQ(found.news.level, Level::disable);
    EXPECT_EQ(kernel.heard(), (Heard{"stall", "stall"}));
}

TEST(take_over, stale_request_without_data_is_stalled) {
    FakeEp0 kernel;
    kernel.event(FUNCTIONFS_SETUP, foreign_out_empty);
    kernel.event(FUNCTIONFS_ENABLE);
    EXPECT_EQ(take_over(*kernel.file()).news.level, Level::enable);
    EXPECT_EQ(kernel.heard(), Heard{"stall"});
}

TEST(take_over, unanswered_request_is_stalled) {
    for (const auto& left : {probe_setup, foreign_in, foreign_in_empty, foreign_out}) {
        FakeEp0 kernel;
        kernel.leave_unanswered(left);
        kernel.event(FUNCTIONFS_ENABLE);
        EXPECT_EQ(take_over(*kernel.file()).news.level, Level::enable);
        EXPECT_EQ(kernel.heard(), Heard{"stall"});
    }
}

TEST(take_over, event_flood_is_bounded) {
    FakeEp0 kernel;
    for (int count = 0; count < 100; ++count)
        kernel.event(FUNCTIONFS_SETUP, probe_setup);
    EXPECT_TRUE(take_over(*kernel.file()).adopted);
    EXPECT_LT(kernel.heard().size(), 100U);
}

class ep0 : public ::testing::Test {
protected:
    template <typename Body>
    void with_ep0(Body body, Ep0News earlier = {}) {
        run([&]() -> awaitable<void> {
            Ep0 subject{co_await asio::this_coro::executor, kernel_.file(), earlier, limits_};
            co_await body(subject);
        });
        EXPECT_EQ(kernel_.closed(), 1);
    }
    /// Waits until the host has received `count` responses.
    awaitable<void> heard(std::size_t count) {
        co_await until([this, &count] { return kernel_.heard().size() >= count; });
    }
    /// Returns the first news with a level.
    static awaitable<Ep0News> level_of(Ep0& subject) {
        for (;;) {
            const auto news = co_await subject.news();
            if (news.level != Level::same)
                co_return news;
        }
    }

    FakeEp0 kernel_;
    Ep0Limits limits_;
};

TEST_F(ep0, probe_returns_last_set_ready) {
    with_ep0([&](Ep0& subject) -> awaitable<void> {
        kernel_.event(FUNCTIONFS_SETUP, probe_setup);
        co_await heard(1);
        EXPECT_EQ(kernel_.heard(), Heard{answer_not_ready});
        subject.set_ready(true);
        kernel_.event(FUNCTIONFS_SETUP, probe_setup);
        co_await heard(2);
        EXPECT_EQ(kernel_.heard().back(), answer_ready);
        co_await subject.news();
        EXPECT_EQ(subject.counters().events[FUNCTIONFS_SETUP], 2U);
        EXPECT_EQ(subject.counters().stalls, 0U);
    });
}

TEST_F(ep0, zero_length_probe_is_acknowledged) {
    with_ep0([&](Ep0&) -> awaitable<void> {
        auto probe = probe_setup;
        probe[6] = 0;
        kernel_.event(FUNCTIONFS_SETUP, probe);
        co_await heard(1);
        EXPECT_EQ(kernel_.heard(), Heard{""});
    });
}

TEST_F(ep0, other_requests_stall_in_any_direction) {
    with_ep0([&](Ep0& subject) -> awaitable<void> {
        const std::array others{foreign_in, foreign_in_empty, foreign_out, foreign_out_empty};
        for (const auto& setup : others)
            kernel_.event(FUNCTIONFS_SETUP, setup);
        kernel_.event(FUNCTIONFS_SETUP, probe_setup);
        co_await heard(5);
        EXPECT_EQ(kernel_.heard(), (Heard{"stall", "stall", "stall", "stall", answer_not_ready}));
        EXPECT_EQ(subject.counters().stalls, 4U);
        EXPECT_EQ(subject.counters().events[FUNCTIONFS_SETUP], 5U);
    });
}

TEST_F(ep0, blocked_response_is_interrupted) {
    limits_.answer = 5ms;
    limits_.again = 1ms;
    with_ep0([&](Ep0& subject) -> awaitable<void> {
        kernel_.block_answers(true);
        kernel_.event(FUNCTIONFS_SETUP, probe_setup);
        co_await heard(1);
        EXPECT_EQ(kernel_.heard(), Heard{"stall"});
        co_await until([&] { return subject.counters().interrupted == 1; });
        kernel_.block_answers(false);
        kernel_.event(FUNCTIONFS_SETUP, probe_setup);
        co_await heard(2);
        EXPECT_EQ(kernel_.heard().back(), answer_not_ready);
        EXPECT_EQ(subject.counters().interrupted, 1U);
    });
}

TEST_F(ep0, destructor_ends_blocked_response) {
    limits_.answer = 50ms;
    with_ep0([&](Ep0& subject) -> awaitable<void> {
        kernel_.block_answers(true);
        kernel_.event(FUNCTIONFS_SETUP, probe_setup);
        co_await until([&] { return subject.counters().events[FUNCTIONFS_SETUP] == 1; });
    });
}

TEST_F(ep0, late_probe_is_stalled) {
    limits_.now = [now = std::chrono::steady_clock::time_point{}]() mutable { return now += 600ms; };
    with_ep0([&](Ep0& subject) -> awaitable<void> {
        kernel_.event(FUNCTIONFS_SETUP, probe_setup);
        co_await heard(1);
        EXPECT_EQ(kernel_.heard(), Heard{"stall"});
        EXPECT_EQ(subject.counters().stalls, 1U);
    });
}

TEST_F(ep0, take_over_news_comes_first) {
    with_ep0(
        [&](Ep0& subject) -> awaitable<void> {
            const auto news = co_await subject.news();
            EXPECT_EQ(news.level, Level::enable);
        },
        {Level::enable, false});
}

TEST_F(ep0, unread_events_are_merged) {
    with_ep0([&](Ep0& subject) -> awaitable<void> {
        const std::array kinds{FUNCTIONFS_ENABLE, FUNCTIONFS_SUSPEND, FUNCTIONFS_UNBIND, FUNCTIONFS_BIND,
                               FUNCTIONFS_ENABLE, FUNCTIONFS_DISABLE, FUNCTIONFS_BIND};
        for (const auto kind : kinds)
            kernel_.event(kind);
        co_await until([&] { return subject.counters().events[FUNCTIONFS_BIND] == 2; });
        const auto news = co_await level_of(subject);
        EXPECT_EQ(news, (Ep0News{Level::disable, true}));
        kernel_.event(FUNCTIONFS_RESUME);
        EXPECT_EQ(co_await level_of(subject), (Ep0News{Level::enable, false}));
        EXPECT_EQ(subject.counters().events[FUNCTIONFS_ENABLE], 2U);
    });
}

TEST_F(ep0, transient_read_errors_are_ignored) {
    with_ep0([&](Ep0& subject) -> awaitable<void> {
        const std::array errors{EINTR, EIDRM, EL2HLT, EAGAIN};
        for (const int error : errors)
            kernel_.fail_read(error);
        kernel_.event(FUNCTIONFS_ENABLE);
        EXPECT_EQ((co_await level_of(subject)).level, Level::enable);
    });
}

TEST_F(ep0, lost_wake_up_is_recovered_by_polling) {
    limits_.look = 2ms;
    with_ep0([&](Ep0& subject) -> awaitable<void> {
        co_await subject.news();
        kernel_.event(FUNCTIONFS_ENABLE);
        kernel_.fail_read(EAGAIN);  // as the kernel returns while its lock is held
        kernel_.fail_read(EAGAIN);
        EXPECT_EQ((co_await level_of(subject)).level, Level::enable);
    });
}

TEST_F(ep0, failed_ep0_throws) {
    with_ep0([&](Ep0& subject) -> awaitable<void> {
        kernel_.fail_read(EBADFD);
        std::string complaint;
        try {
            for (;;)
                co_await subject.news();
        } catch (const std::runtime_error& error) {
            complaint = error.what();
        }
        EXPECT_NE(complaint.find("ep0 failed: File descriptor in bad state"), std::string::npos) << complaint;
    });
}

}  // namespace
}  // namespace revenant::registrar
