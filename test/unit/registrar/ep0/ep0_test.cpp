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

TEST(take_over, a_fresh_one_gets_descriptors_and_then_strings) {
    FakeEp0 kernel{true};
    const auto found = take_over(*kernel.file());
    EXPECT_FALSE(found.adopted);
    EXPECT_EQ(found.news, Ep0News{});
    EXPECT_EQ(kernel.taken(), (std::vector{function_descriptors(), function_strings()}));
}

TEST(take_over, descriptors_that_are_refused_are_explained) {
    FakeEp0 kernel{true};
    kernel.refuse_write = EINVAL;
    try {
        take_over(*kernel.file());
        FAIL();
    } catch (const std::runtime_error& error) {
        EXPECT_EQ(std::string{error.what()},
                  "ep0 does not take the descriptors: Invalid argument: run `revenant-registrar setup`, the kernel's "
                  "log says more");
    }
}

TEST(take_over, an_ep0_that_cannot_be_read_is_explained) {
    FakeEp0 kernel;
    kernel.fail_read(EIO);
    EXPECT_THROW(take_over(*kernel.file()), std::runtime_error);
}

TEST(take_over, a_living_one_is_adopted_and_nothing_is_written) {
    FakeEp0 kernel;
    const auto found = take_over(*kernel.file());
    EXPECT_TRUE(found.adopted);
    EXPECT_EQ(found.news, Ep0News{});
    EXPECT_TRUE(kernel.taken().empty());
    EXPECT_TRUE(kernel.heard().empty());
}

TEST(take_over, stale_requests_are_stalled_and_the_rest_of_the_queue_is_heeded) {
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

TEST(take_over, a_stale_request_without_data_is_not_acknowledged_by_the_next_read) {
    FakeEp0 kernel;
    kernel.event(FUNCTIONFS_SETUP, foreign_out_empty);
    kernel.event(FUNCTIONFS_ENABLE);
    EXPECT_EQ(take_over(*kernel.file()).news.level, Level::enable);
    EXPECT_EQ(kernel.heard(), Heard{"stall"});
}

TEST(take_over, what_a_predecessor_read_and_did_not_answer_is_stalled) {
    for (const auto& left : {probe_setup, foreign_in, foreign_in_empty, foreign_out}) {
        FakeEp0 kernel;
        kernel.leave_unanswered(left);
        kernel.event(FUNCTIONFS_ENABLE);
        EXPECT_EQ(take_over(*kernel.file()).news.level, Level::enable);
        EXPECT_EQ(kernel.heard(), Heard{"stall"});
    }
}

TEST(take_over, is_not_held_up_by_a_flood) {
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
    /// Waits until that much has reached the host.
    awaitable<void> heard(std::size_t count) {
        co_await until([this, &count] { return kernel_.heard().size() >= count; });
    }
    /// News until they say something of the level.
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

TEST_F(ep0, the_probe_is_answered_with_what_was_said_last) {
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

TEST_F(ep0, a_probe_of_no_length_is_acknowledged_with_nothing) {
    with_ep0([&](Ep0&) -> awaitable<void> {
        auto probe = probe_setup;
        probe[6] = 0;
        kernel_.event(FUNCTIONFS_SETUP, probe);
        co_await heard(1);
        EXPECT_EQ(kernel_.heard(), Heard{""});
    });
}

TEST_F(ep0, everything_else_is_stalled_whatever_its_direction) {
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

TEST_F(ep0, an_answer_that_blocks_is_interrupted_and_the_next_one_goes_through) {
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

TEST_F(ep0, it_ends_while_an_answer_blocks) {
    limits_.answer = 50ms;
    with_ep0([&](Ep0& subject) -> awaitable<void> {
        kernel_.block_answers(true);
        kernel_.event(FUNCTIONFS_SETUP, probe_setup);
        co_await until([&] { return subject.counters().events[FUNCTIONFS_SETUP] == 1; });
    });
}

TEST_F(ep0, past_the_deadline_it_stalls_instead_of_answering) {
    limits_.now = [now = std::chrono::steady_clock::time_point{}]() mutable { return now += 600ms; };
    with_ep0([&](Ep0& subject) -> awaitable<void> {
        kernel_.event(FUNCTIONFS_SETUP, probe_setup);
        co_await heard(1);
        EXPECT_EQ(kernel_.heard(), Heard{"stall"});
        EXPECT_EQ(subject.counters().stalls, 1U);
    });
}

TEST_F(ep0, what_the_take_over_found_comes_first) {
    with_ep0(
        [&](Ep0& subject) -> awaitable<void> {
            const auto news = co_await subject.news();
            EXPECT_EQ(news.level, Level::enable);
        },
        {Level::enable, false});
}

TEST_F(ep0, what_happens_while_nobody_listens_is_one_piece_of_news) {
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

TEST_F(ep0, reads_that_fail_in_passing_do_no_harm) {
    with_ep0([&](Ep0& subject) -> awaitable<void> {
        const std::array errors{EINTR, EIDRM, EL2HLT, EAGAIN};
        for (const int error : errors)
            kernel_.fail_read(error);
        kernel_.event(FUNCTIONFS_ENABLE);
        EXPECT_EQ((co_await level_of(subject)).level, Level::enable);
    });
}

TEST_F(ep0, an_event_whose_wake_up_was_lost_is_found_by_looking) {
    limits_.look = 2ms;
    with_ep0([&](Ep0& subject) -> awaitable<void> {
        co_await subject.news();
        kernel_.event(FUNCTIONFS_ENABLE);
        kernel_.fail_read(EAGAIN);  // as the kernel does when its lock is held
        kernel_.fail_read(EAGAIN);
        EXPECT_EQ((co_await level_of(subject)).level, Level::enable);
    });
}

TEST_F(ep0, one_that_is_dead_is_reported) {
    with_ep0([&](Ep0& subject) -> awaitable<void> {
        kernel_.fail_read(EBADFD);
        std::string complaint;
        try {
            for (;;)
                co_await subject.news();
        } catch (const std::runtime_error& error) {
            complaint = error.what();
        }
        EXPECT_NE(complaint.find("ep0 serves no more: File descriptor in bad state"), std::string::npos) << complaint;
    });
}

}  // namespace
}  // namespace revenant::registrar
