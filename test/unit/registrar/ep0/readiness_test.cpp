#include "registrar/ep0/readiness.hpp"

#include <vector>

#include <gtest/gtest.h>

#include "common/async/task_group.hpp"
#include "common/net/run_directory.hpp"
#include "common/net/unix_listener.hpp"
#include "test/support/basics/loop.hpp"
#include "test/support/basics/temporary_directory.hpp"

namespace revenant::registrar {
namespace {

using namespace test;

class readiness : public ::testing::Test {
protected:
    /// `body` receives the running subject.
    template <typename Body>
    void with_readiness(std::chrono::milliseconds grace, Body body) {
        run([&]() -> awaitable<void> {
            const auto executor = co_await asio::this_coro::executor;
            Readiness::Events events;
            events.gadget_connected = [this] { return gadget_connected_; };
            events.changed = [this] { ++changes_; };
            Readiness subject{executor, path_, grace, events};
            const auto both = [&](TaskGroup& tasks) -> awaitable<void> {
                tasks.spawn(subject.run());
                co_await body(subject);
            };
            co_await with_group(both);
        });
    }

    /// Does what the liveness program does at the first heartbeat.
    awaitable<UnixListener> listen() {
        prepare_run_directory(directory_.path(), "liveness");
        co_return UnixListener{co_await asio::this_coro::executor, path_, SocketAccess{}};
    }

    TemporaryDirectory directory_;
    std::filesystem::path path_ = directory_.path() / "liveness" / "ready.sock";
    bool gadget_connected_ = false;
    int changes_ = 0;
};

TEST_F(readiness, ready_while_connected) {
    with_readiness(1h, [&](Readiness& subject) -> awaitable<void> {
        EXPECT_FALSE(subject.ready());
        for (std::uint64_t life = 1; life <= 3; ++life) {
            auto liveness = co_await listen();
            std::optional link{co_await liveness.accept()};
            co_await until([&] { return subject.ready(); });
            liveness.close();
            link.reset();
            co_await until([&] { return !subject.ready(); });
            EXPECT_EQ(subject.losses(), life);
        }
        EXPECT_EQ(changes_, 6);
    });
}

TEST_F(readiness, liveness_restart_keeps_ready) {
    gadget_connected_ = true;
    with_readiness(1h, [&](Readiness& subject) -> awaitable<void> {
        for (int life = 0; life < 3; ++life) {
            auto liveness = co_await listen();
            auto link = co_await liveness.accept();
            co_await until([&] { return subject.ready(); });
        }
        co_await settle();
        EXPECT_TRUE(subject.ready());
        EXPECT_EQ(subject.losses(), 0U);
        EXPECT_EQ(changes_, 1);
    });
}

TEST_F(readiness, grace_expires) {
    gadget_connected_ = true;
    with_readiness(1h, [&](Readiness& subject) -> awaitable<void> {
        std::optional liveness{co_await listen()};
        std::optional link{co_await liveness->accept()};
        co_await until([&] { return subject.ready(); });
        liveness.reset();
        link.reset();
        co_await settle();
        co_await turn_clock(59min);
        EXPECT_TRUE(subject.ready());
        co_await turn_clock(1min);
        EXPECT_FALSE(subject.ready());
    });
}

TEST_F(readiness, gadget_disconnect_ends_grace) {
    gadget_connected_ = true;
    with_readiness(1h, [&](Readiness& subject) -> awaitable<void> {
        std::optional liveness{co_await listen()};
        std::optional link{co_await liveness->accept()};
        co_await until([&] { return subject.ready(); });
        gadget_connected_ = false;
        subject.gadget_changed();
        EXPECT_TRUE(subject.ready());  // still connected to liveness
        gadget_connected_ = true;
        liveness.reset();
        link.reset();
        co_await settle();
        EXPECT_TRUE(subject.ready());
        gadget_connected_ = false;
        subject.gadget_changed();
        EXPECT_FALSE(subject.ready());
    });
}

TEST_F(readiness, reconnect_cancels_grace) {
    gadget_connected_ = true;
    with_readiness(1h, [&](Readiness& subject) -> awaitable<void> {
        std::optional liveness{co_await listen()};
        std::optional link{co_await liveness->accept()};
        co_await until([&] { return subject.ready(); });
        link.reset();
        link = co_await liveness->accept();
        co_await turn_clock(1h);
        EXPECT_TRUE(subject.ready());
        EXPECT_EQ(subject.losses(), 0U);
    });
}

TEST_F(readiness, closing_server_causes_no_busy_loop) {
    with_readiness(1h, [&](Readiness&) -> awaitable<void> {
        auto liveness = co_await listen();
        const auto begin = Clock::now();
        for (int count = 0; count < 4; ++count)
            co_await liveness.accept();
        EXPECT_GE(Clock::now() - begin, 30ms);
    });
}

}  // namespace
}  // namespace revenant::registrar
