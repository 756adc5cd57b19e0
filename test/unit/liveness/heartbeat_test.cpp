#include "liveness/heartbeat.hpp"

#include <vector>

#include <gtest/gtest.h>

#include "common/async/task_group.hpp"
#include "test/support/basics/loop.hpp"
#include "test/support/basics/temporary_directory.hpp"

namespace revenant::liveness {
namespace {

using namespace test;
namespace fs = std::filesystem;

class heartbeat : public ::testing::Test {
protected:
    heartbeat() { fs::create_directory(ready_path_.parent_path()); }

    template <typename Body>
    void with_heartbeat(std::chrono::milliseconds deadline, Body body) {
        run([&]() -> awaitable<void> {
            const auto executor = co_await asio::this_coro::executor;
            std::optional<Announcement> ready;
            std::optional<Heartbeat> subject;
            const auto both = [&](TaskGroup& tasks) -> awaitable<void> {
                ready.emplace(tasks, executor, ready_path_, SocketAccess{}, AnnouncementHooks{});
                subject.emplace(
                    UnixListener{executor, path_, SocketAccess{}}, *ready, deadline, [this] { ++state_changes_; },
                    [] {});
                tasks.spawn(subject->run());
                co_await body(*subject);
            };
            co_await with_group(both);
        });
    }

    TemporaryDirectory directory_;
    fs::path path_ = directory_.path() / "liveness" / "heartbeat.sock";
    fs::path ready_path_ = directory_.path() / "liveness" / "ready.sock";
    int state_changes_ = 0;
};

TEST_F(heartbeat, ready_lasts_from_first_beat_to_deadline) {
    with_heartbeat(1h, [&](Heartbeat& subject) -> awaitable<void> {
        auto gadget = co_await connect(path_);
        co_await settle();
        EXPECT_FALSE(fs::exists(ready_path_));
        co_await write(gadget, ".");
        co_await until([&] { return fs::exists(ready_path_); });
        EXPECT_TRUE(subject.alive());
        auto registrar = co_await connect(ready_path_);
        co_await turn_clock(59min);
        EXPECT_TRUE(subject.alive());
        co_await turn_clock(1min);
        EXPECT_EQ(co_await read_to_end(registrar), "");
        EXPECT_FALSE(fs::exists(ready_path_));
        EXPECT_EQ(co_await read_to_end(gadget), "");
        EXPECT_FALSE(subject.alive());
        EXPECT_EQ(subject.counters().beats, 1U);
        EXPECT_EQ(subject.counters().beats_missed, 1U);
        EXPECT_EQ(state_changes_, 2);
    });
}

TEST_F(heartbeat, each_beat_restarts_deadline) {
    with_heartbeat(1h, [&](Heartbeat& subject) -> awaitable<void> {
        auto gadget = co_await connect(path_);
        for (unsigned beat = 0; beat < 6; ++beat) {
            co_await write(gadget, ".");
            co_await until([&] { return subject.counters().beats == beat + 1; });
            co_await turn_clock(59min);
            EXPECT_TRUE(subject.alive());
        }
        EXPECT_EQ(subject.counters().beats_missed, 0U);
        EXPECT_EQ(state_changes_, 1);
    });
}

TEST_F(heartbeat, silent_connection_times_out_not_ready) {
    with_heartbeat(1h, [&](Heartbeat& subject) -> awaitable<void> {
        auto silent = co_await connect(path_);
        co_await settle();
        co_await turn_clock(1h);
        EXPECT_EQ(co_await read_to_end(silent), "");
        EXPECT_EQ(state_changes_, 0);
        EXPECT_EQ(subject.counters().beats_missed, 1U);
    });
}

TEST_F(heartbeat, disconnected_gadget_ends_ready_at_once) {
    with_heartbeat(1h, [&](Heartbeat& subject) -> awaitable<void> {
        std::optional gadget{co_await connect(path_)};
        co_await write(*gadget, ".");
        co_await until([&] { return subject.alive(); });
        gadget.reset();
        co_await until([&] { return !subject.alive(); });
        EXPECT_FALSE(fs::exists(ready_path_));
        EXPECT_EQ(subject.counters().beats_missed, 0U);
    });
}

TEST_F(heartbeat, beating_successor_keeps_ready) {
    with_heartbeat(1h, [&](Heartbeat& subject) -> awaitable<void> {
        std::vector<stream_protocol::socket> gadgets;
        gadgets.push_back(co_await connect(path_));
        co_await write(gadgets.back(), ".");
        co_await until([&] { return subject.alive(); });
        auto registrar = co_await connect(ready_path_);
        for (unsigned count = 1; count <= 20; ++count) {
            gadgets.push_back(co_await connect(path_));
            co_await write(gadgets.back(), ".");
            EXPECT_EQ(co_await read_to_end(gadgets[count - 1]), "");
            co_await until([&] { return subject.counters().beats == count + 1; });
            EXPECT_TRUE(subject.alive());
        }
        EXPECT_EQ(state_changes_, 1);
        registrar.non_blocking(true);
        error_code failed;
        char byte = 0;
        registrar.read_some(asio::buffer(&byte, 1), failed);
        EXPECT_EQ(failed, asio::error::would_block);  // the connection was held throughout
        EXPECT_EQ(subject.counters().replaced, 20U);
        EXPECT_EQ(subject.counters().connections, 21U);
        gadgets.pop_back();
        co_await until([&] { return !subject.alive(); });
    });
}

TEST_F(heartbeat, silent_successor_ends_ready) {
    with_heartbeat(1h, [&](Heartbeat& subject) -> awaitable<void> {
        auto older = co_await connect(path_);
        co_await write(older, ".");
        co_await until([&] { return subject.alive(); });
        auto newer = co_await connect(path_);
        EXPECT_EQ(co_await read_to_end(older), "");
        co_await until([&] { return !subject.alive(); });
        EXPECT_FALSE(fs::exists(ready_path_));
        co_await write(newer, ".");
        co_await until([&] { return subject.alive(); });
    });
}

TEST_F(heartbeat, ready_connections_are_held_and_ignored) {
    with_heartbeat(1h, [&](Heartbeat& subject) -> awaitable<void> {
        std::optional gadget{co_await connect(path_)};
        co_await write(*gadget, ".");
        co_await until([&] { return subject.alive(); });
        std::vector<stream_protocol::socket> held;
        for (std::size_t count = 0; count < Announcement::max_connections; ++count) {
            held.push_back(co_await connect(ready_path_));
            co_await write(held.back(), "hello");
        }
        auto one_more = co_await connect(ready_path_);
        EXPECT_EQ(co_await read_to_end(one_more), "");
        EXPECT_TRUE(subject.alive());
        gadget.reset();
        for (auto& link : held)
            EXPECT_EQ(co_await read_to_end(link), "");
    });
}

}  // namespace
}  // namespace revenant::liveness
