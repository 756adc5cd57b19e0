#include "gadget/heartbeat.hpp"

#include <gtest/gtest.h>

#include "common/async/task_group.hpp"
#include "test/support/basics/loop.hpp"
#include "test/support/basics/temporary_directory.hpp"

namespace revenant::gadget {
namespace {

using namespace test;
namespace fs = std::filesystem;
using LivenessState = Heartbeat::LivenessState;

/// The gadget's heart; the test is liveness.
class gadget_heartbeat : public testing::Test {
protected:
    gadget_heartbeat() { fs::create_directory(path.parent_path()); }

    /// Between two beats where no second one may come: what happens then happens at once.
    static constexpr auto never = std::chrono::milliseconds{1h};

    template <typename Body>
    void with_heartbeat(Body body, std::chrono::milliseconds interval = 200ms) {
        run([&]() -> awaitable<void> {
            const auto look = [this] {
                ++looks;
                return liveness_state;
            };
            Heartbeat heart{co_await asio::this_coro::executor, path, look, interval};
            const auto both = [&](TaskGroup& tasks) -> awaitable<void> {
                tasks.spawn(heart.run());
                co_await body(heart);
            };
            co_await with_group(both);
        });
    }
    void set(Heartbeat& heart, LivenessState value) {
        liveness_state = value;
        heart.changed();
    }
    static awaitable<stream_protocol::acceptor> listen(fs::path at) {
        fs::remove(at);
        co_return stream_protocol::acceptor{co_await asio::this_coro::executor, stream_protocol::endpoint{at.string()}};
    }
    /// True when a connection waits.
    static bool called(stream_protocol::acceptor& liveness) {
        error_code failed;
        liveness.non_blocking(true);
        liveness.accept(failed);
        return !failed;
    }

    TemporaryDirectory directory;
    fs::path path = directory.path() / "liveness" / "heartbeat.sock";
    LivenessState liveness_state = LivenessState::none;
    int looks = 0;
};

TEST_F(gadget_heartbeat, without_a_session_there_is_no_connection_and_no_wake_up) {
    with_heartbeat([&](Heartbeat& heart) -> awaitable<void> {
        auto liveness = co_await listen(path);
        asio::steady_timer pause{co_await asio::this_coro::executor, 250ms};
        co_await pause.async_wait(use_awaitable);
        EXPECT_FALSE(called(liveness));
        EXPECT_EQ(looks, 1);
        EXPECT_EQ(heart.beats(), 0U);
    });
}

TEST_F(gadget_heartbeat, the_first_beat_comes_at_once) {
    const auto body = [&](Heartbeat& heart) -> awaitable<void> {
        auto liveness = co_await listen(path);
        set(heart, LivenessState::beating);
        auto link = co_await liveness.async_accept(use_awaitable);
        EXPECT_EQ((co_await read_bytes(link, 1)).size(), 1U);
    };
    with_heartbeat(body, never);
}

TEST_F(gadget_heartbeat, one_beat_every_200_ms_follows) {
    with_heartbeat([&](Heartbeat& heart) -> awaitable<void> {
        auto liveness = co_await listen(path);
        const auto since = std::chrono::steady_clock::now();
        set(heart, LivenessState::beating);
        auto link = co_await liveness.async_accept(use_awaitable);
        co_await read_bytes(link, 3);
        EXPECT_GE(std::chrono::steady_clock::now() - since, 390ms);
        EXPECT_EQ(heart.beats(), 3U);
    });
}

TEST_F(gadget_heartbeat, the_connection_is_closed_at_once_when_the_session_ends) {
    const auto body = [&](Heartbeat& heart) -> awaitable<void> {
        auto liveness = co_await listen(path);
        for (int session = 0; session < 3; ++session) {
            set(heart, LivenessState::beating);
            auto link = co_await liveness.async_accept(use_awaitable);
            co_await read_bytes(link, 1);
            set(heart, LivenessState::none);
            co_await read_to_end(link);
        }
        co_await settle();
        EXPECT_FALSE(called(liveness));
    };
    with_heartbeat(body, never);
}

TEST_F(gadget_heartbeat, without_progress_the_beats_stop_and_come_again_with_it) {
    with_heartbeat([&](Heartbeat& heart) -> awaitable<void> {
        auto liveness = co_await listen(path);
        set(heart, LivenessState::beating);
        auto link = co_await liveness.async_accept(use_awaitable);
        co_await read_bytes(link, 1);
        liveness_state = LivenessState::stuck;  // nobody tells it
        co_await read_to_end(link);
        co_await settle();
        EXPECT_FALSE(called(liveness));
        liveness_state = LivenessState::beating;
        auto again = co_await liveness.async_accept(use_awaitable);
        EXPECT_EQ((co_await read_bytes(again, 1)).size(), 1U);
    });
}

TEST_F(gadget_heartbeat, finds_liveness_whenever_it_comes_and_again_when_it_comes_back) {
    with_heartbeat([&](Heartbeat& heart) -> awaitable<void> {
        set(heart, LivenessState::beating);
        co_await settle();
        for (int life = 0; life < 3; ++life) {
            auto liveness = co_await listen(path);
            auto link = co_await liveness.async_accept(use_awaitable);
            EXPECT_EQ((co_await read_bytes(link, 1)).size(), 1U);
        }
        const auto beats = heart.beats();
        asio::steady_timer pause{co_await asio::this_coro::executor, 50ms};
        co_await pause.async_wait(use_awaitable);
        EXPECT_LE(heart.beats(), beats + 1) << "nobody is there to beat to";
    });
}

TEST_F(gadget_heartbeat, an_ended_connection_is_noticed_before_the_next_beat) {
    const auto body = [&](Heartbeat& heart) -> awaitable<void> {
        auto liveness = co_await listen(path);
        set(heart, LivenessState::beating);
        {
            auto link = co_await liveness.async_accept(use_awaitable);
            co_await read_bytes(link, 1);
        }
        auto again = co_await liveness.async_accept(use_awaitable);
        EXPECT_EQ((co_await read_bytes(again, 1)).size(), 1U);
    };
    with_heartbeat(body, never);
}

TEST_F(gadget_heartbeat, a_directory_that_cannot_be_watched_ends_the_program) {
    fs::remove_all(directory.path());
    EXPECT_THROW(run([&]() -> awaitable<void> {
                     liveness_state = LivenessState::beating;
                     Heartbeat heart{co_await asio::this_coro::executor, path, [this] { return liveness_state; }};
                     co_await heart.run();
                 }),
                 std::system_error);
}

}  // namespace
}  // namespace revenant::gadget
