#include "registrar/enabled.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include "common/async/task_group.hpp"
#include "common/net/path_watch.hpp"
#include "test/support/basics/loop.hpp"
#include "test/support/basics/temporary_directory.hpp"

namespace revenant::registrar {
namespace {

using namespace test;
namespace fs = std::filesystem;

class enabled : public ::testing::Test {
protected:
    enabled() {
        fs::create_directory(path_.parent_path());
        settings_.path = path_;
        settings_.gadget = ::geteuid();
    }

    template <typename Body>
    void with_enabled(Body body) {
        run([&]() -> awaitable<void> {
            const auto executor = co_await asio::this_coro::executor;
            std::optional<Enabled> subject;
            const auto both = [&](TaskGroup& tasks) -> awaitable<void> {
                Enabled::Events events;
                events.rebind = [this] { ++rebinds_; };
                events.state_changed = [this] { ++state_changes_; };
                events.counted = [this] { ++counted_; };
                events.gadget_changed = [this] { ++gadget_changes_; };
                subject.emplace(tasks, executor, settings_, events);
                co_await body(*subject);
            };
            co_await with_group(both);
        });
    }

    TemporaryDirectory directory_;
    fs::path path_ = directory_.path() / "registrar" / "enabled.sock";
    Enabled::Settings settings_;
    int rebinds_ = 0, state_changes_ = 0, counted_ = 0, gadget_changes_ = 0;
};

TEST_F(enabled, socket_exists_only_while_enabled) {
    with_enabled([&](Enabled& subject) -> awaitable<void> {
        EXPECT_FALSE(fs::exists(path_));
        subject.enable();
        EXPECT_TRUE(fs::is_socket(path_));
        auto gadget = co_await connect(path_);
        subject.disable();
        EXPECT_FALSE(fs::exists(path_));
        EXPECT_EQ(co_await read_to_end(gadget), "");
        subject.disable();
        EXPECT_EQ(subject.counters().enables, 1U);
        EXPECT_EQ(subject.counters().disables, 1U);
        EXPECT_EQ(state_changes_, 2);
    });
}

TEST_F(enabled, connections_get_byte_per_enable) {
    with_enabled([&](Enabled& subject) -> awaitable<void> {
        subject.enable();
        auto first = co_await connect(path_);
        EXPECT_EQ(co_await read_bytes(first, 1), "E");
        EXPECT_TRUE(subject.gadget_connected());
        subject.enable();
        auto second = co_await connect(path_);
        EXPECT_EQ(co_await read_bytes(first, 1), "E");
        EXPECT_EQ(co_await read_bytes(second, 1), "E");
        subject.disable();
        EXPECT_EQ(co_await read_to_end(first), "");
        EXPECT_EQ(co_await read_to_end(second), "");
        EXPECT_EQ(state_changes_, 2);
        EXPECT_EQ(counted_, 1);
    });
}

TEST_F(enabled, disable_then_enable_works_at_once) {
    with_enabled([&](Enabled& subject) -> awaitable<void> {
        subject.enable();
        auto before = co_await connect(path_);
        EXPECT_EQ(co_await read_bytes(before, 1), "E");
        subject.disable();
        subject.enable();
        EXPECT_FALSE(subject.gadget_connected());
        auto after = co_await connect(path_);
        EXPECT_EQ(co_await read_bytes(after, 1), "E");
        EXPECT_EQ(co_await read_to_end(before), "");
        co_await settle();
        EXPECT_TRUE(fs::exists(path_));
        EXPECT_TRUE(subject.gadget_connected());
    });
}

TEST_F(enabled, rebind_is_limited_to_once_per_30_s) {
    with_enabled([&](Enabled& subject) -> awaitable<void> {
        subject.enable();
        auto gadget = co_await connect(path_);
        co_await write(gadget, "xRRR");
        co_await until([&] { return rebinds_ == 1; });
        co_await turn_clock(29s);
        co_await write(gadget, "R");
        co_await settle();
        EXPECT_EQ(rebinds_, 1);
        co_await turn_clock(1s);
        co_await write(gadget, "R");
        co_await until([&] { return rebinds_ == 2; });
        EXPECT_EQ(subject.counters().rebinds, 2U);
    });
}

TEST_F(enabled, rebind_from_other_user_is_ignored) {
    settings_.gadget = ::geteuid() + 1;
    with_enabled([&](Enabled& subject) -> awaitable<void> {
        subject.enable();
        auto other = co_await connect(path_);
        EXPECT_EQ(co_await read_bytes(other, 1), "E");
        co_await write(other, "R");
        co_await settle();
        EXPECT_EQ(rebinds_, 0);
        EXPECT_FALSE(subject.gadget_connected());
    });
}

TEST_F(enabled, gadget_disconnect_is_reported) {
    with_enabled([&](Enabled& subject) -> awaitable<void> {
        subject.enable();
        std::optional gadget{co_await connect(path_)};
        co_await until([&] { return subject.gadget_connected(); });
        EXPECT_EQ(gadget_changes_, 1);
        gadget.reset();
        co_await until([&] { return gadget_changes_ == 2; });
        EXPECT_FALSE(subject.gadget_connected());
    });
}

TEST_F(enabled, stalled_peer_is_dropped) {
    with_enabled([&](Enabled& subject) -> awaitable<void> {
        subject.enable();
        auto deaf = co_await connect(path_);
        co_await until([&] { return subject.gadget_connected(); });
        for (int sent = 0; sent < 100'000 && subject.gadget_connected(); ++sent)
            subject.enable();
        EXPECT_FALSE(subject.gadget_connected());
        co_await until([&] { return gadget_changes_ == 2; });
        EXPECT_TRUE(subject.enabled());
    });
}

TEST_F(enabled, connection_limit_is_16) {
    with_enabled([&](Enabled& subject) -> awaitable<void> {
        subject.enable();
        std::vector<stream_protocol::socket> held;
        for (std::size_t count = 0; count < Announcement::max_connections; ++count) {
            held.push_back(co_await connect(path_));
            EXPECT_EQ(co_await read_bytes(held.back(), 1), "E");
        }
        auto one_more = co_await connect(path_);
        EXPECT_EQ(co_await read_to_end(one_more), "");
        held.pop_back();
        co_await settle();
        auto successor = co_await connect(path_);
        EXPECT_EQ(co_await read_bytes(successor, 1), "E");
    });
}

TEST_F(enabled, inherited_socket_expires_without_host) {
    leave_stale_socket(path_);
    with_enabled([&](Enabled& subject) -> awaitable<void> {
        EXPECT_TRUE(fs::exists(path_));
        EXPECT_FALSE(subject.enabled());
        co_await turn_clock(settings_.inheritance - 1s);
        EXPECT_TRUE(fs::exists(path_));
        co_await turn_clock(1s);
        EXPECT_FALSE(fs::exists(path_));
        EXPECT_EQ(subject.counters().disables, 0U);
    });
}

TEST_F(enabled, inherited_socket_is_replaced_by_enable) {
    leave_stale_socket(path_);
    with_enabled([&](Enabled& subject) -> awaitable<void> {
        const auto executor = co_await asio::this_coro::executor;
        PathWatch watch{executor, path_};
        subject.enable();
        co_await watch.event();
        EXPECT_FALSE(watch.take_removed());
        co_await turn_clock(settings_.inheritance);
        auto gadget = co_await connect(path_);
        EXPECT_EQ(co_await read_bytes(gadget, 1), "E");
    });
}

TEST_F(enabled, inherited_socket_is_removed_by_disable) {
    leave_stale_socket(path_);
    with_enabled([&](Enabled& subject) -> awaitable<void> {
        subject.disable();
        EXPECT_FALSE(fs::exists(path_));
        co_return;
    });
}

TEST_F(enabled, destructor_removes_socket) {
    with_enabled([&](Enabled& subject) -> awaitable<void> {
        subject.enable();
        co_return;
    });
    EXPECT_FALSE(fs::exists(path_));
    leave_stale_socket(path_);
    with_enabled([&](Enabled&) -> awaitable<void> { co_return; });
    EXPECT_FALSE(fs::exists(path_));
}

}  // namespace
}  // namespace revenant::registrar
