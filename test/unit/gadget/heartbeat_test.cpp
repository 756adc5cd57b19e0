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

/// Runs a Heartbeat; the test acts as liveness.
class gadget_heartbeat : public testing::Test {
protected:
    gadget_heartbeat() { fs::create_directory(path.parent_path()); }

    /// Interval with no second beat during the test: observed events are immediate.
    static constexpr auto never = std::chrono::milliseconds{1h};

    template <typename Body>
    void with_heartbeat(Body body, std::chrono::milliseconds interval = 20ms) {
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
    /// Whether a connection is pending.
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

TEST_F(gadget_heartbeat, no_session_no_connection_no_wakeup) {
    with_heartbeat([&](Heartbeat& heart) -> awaitable<void> {
        auto liveness = co_await listen(path);
        co_await turn_clock(1h);
        EXPECT_FALSE(called(liveness));
        EXPECT_EQ(looks, 1);
        EXPECT_EQ(heart.beats(), 0U);
    });
}

TEST_F(gadget_heartbeat, first_beat_is_immediate) {
    const auto body = [&](Heartbeat& heart) -> awaitable<void> {
        auto liveness = co_await listen(path);
        set(heart, LivenessState::beating);
        auto link = co_await liveness.async_accept(use_awaitable);
        EXPECT_EQ((co_await read_bytes(link, 1)).size(), 1U);
    };
    with_heartbeat(body, never);
}

TEST_F(gadget_heartbeat, beats_once_per_interval) {
    const auto body = [&](Heartbeat& heart) -> awaitable<void> {
        auto liveness = co_await listen(path);
        set(heart, LivenessState::beating);
        auto link = co_await liveness.async_accept(use_awaitable);
        co_await settle();
        for (std::uint64_t beats = 1; beats <= 3; ++beats) {
            EXPECT_EQ(heart.beats(), beats);
            co_await turn_clock(59min);
            EXPECT_EQ(heart.beats(), beats);
            co_await turn_clock(1min);
        }
        EXPECT_EQ(co_await read_bytes(link, 4), "bbbb");
    };
    with_heartbeat(body, 1h);
}

TEST_F(gadget_heartbeat, idle_session_wakes_for_beats_only) {
    const auto body = [&](Heartbeat& heart) -> awaitable<void> {
        auto liveness = co_await listen(path);
        set(heart, LivenessState::beating);
        auto link = co_await liveness.async_accept(use_awaitable);
        co_await read_bytes(link, 1);
        const auto looks_before = looks;
        for (int beat = 0; beat < 10; ++beat)
            co_await turn_clock(1h);
        EXPECT_EQ(heart.beats(), 11U);
        EXPECT_LE(looks - looks_before, 11) << "no poll beside the beats";
    };
    with_heartbeat(body, 1h);
}

TEST_F(gadget_heartbeat, session_end_closes_connection) {
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

TEST_F(gadget_heartbeat, beats_stop_and_resume_with_progress) {
    with_heartbeat([&](Heartbeat& heart) -> awaitable<void> {
        auto liveness = co_await listen(path);
        set(heart, LivenessState::beating);
        auto link = co_await liveness.async_accept(use_awaitable);
        co_await read_bytes(link, 1);
        liveness_state = LivenessState::stuck;  // without a notification
        co_await read_to_end(link);
        co_await settle();
        EXPECT_FALSE(called(liveness));
        liveness_state = LivenessState::beating;
        auto again = co_await liveness.async_accept(use_awaitable);
        EXPECT_EQ((co_await read_bytes(again, 1)).size(), 1U);
    });
}

TEST_F(gadget_heartbeat, connects_late_and_reconnects) {
    with_heartbeat([&](Heartbeat& heart) -> awaitable<void> {
        set(heart, LivenessState::beating);
        co_await settle();
        for (int life = 0; life < 3; ++life) {
            auto liveness = co_await listen(path);
            auto link = co_await liveness.async_accept(use_awaitable);
            EXPECT_EQ((co_await read_bytes(link, 1)).size(), 1U);
        }
        const auto beats = heart.beats();
        for (int interval = 0; interval < 3; ++interval)
            co_await turn_clock(1h);
        EXPECT_LE(heart.beats(), beats + 1) << "no beats without a connection";
    });
}

TEST_F(gadget_heartbeat, closed_connection_detected_before_next_beat) {
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

TEST_F(gadget_heartbeat, unwatchable_directory_throws) {
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
