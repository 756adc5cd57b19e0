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
        settings_.now = [this] { return now_; };
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
    std::chrono::steady_clock::time_point now_{1h};
    int rebinds_ = 0, state_changes_ = 0, counted_ = 0, gadget_changes_ = 0;
};

TEST_F(enabled, the_socket_exists_exactly_while_the_host_has_us_enabled) {
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

TEST_F(enabled, each_connection_is_told_at_once_and_at_each_further_enable) {
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

TEST_F(enabled, a_new_life_may_begin_in_the_same_turn) {
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

TEST_F(enabled, the_gadget_may_ask_for_a_new_binding_once_in_thirty_seconds) {
    with_enabled([&](Enabled& subject) -> awaitable<void> {
        subject.enable();
        auto gadget = co_await connect(path_);
        co_await write(gadget, "xRRR");
        co_await until([&] { return rebinds_ == 1; });
        now_ += 29'999ms;
        co_await write(gadget, "R");
        co_await settle();
        EXPECT_EQ(rebinds_, 1);
        now_ += 1ms;
        co_await write(gadget, "R");
        co_await until([&] { return rebinds_ == 2; });
        EXPECT_EQ(subject.counters().rebinds, 2U);
    });
}

TEST_F(enabled, nobody_but_the_gadget_may_ask_for_a_new_binding) {
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

TEST_F(enabled, a_gadget_that_leaves_is_noticed) {
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

TEST_F(enabled, who_does_not_read_is_dropped) {
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

TEST_F(enabled, sixteen_connections_are_held_and_no_more) {
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

TEST_F(enabled, what_a_dead_predecessor_announced_goes_unless_a_host_comes) {
    leave_stale_socket(path_);
    settings_.inheritance = 3ms;
    with_enabled([&](Enabled& subject) -> awaitable<void> {
        EXPECT_TRUE(fs::exists(path_));
        EXPECT_FALSE(subject.enabled());
        PathWatch watch{co_await asio::this_coro::executor, path_};
        co_await watch.event();
        EXPECT_FALSE(fs::exists(path_));
        EXPECT_EQ(subject.counters().disables, 0U);
    });
}

TEST_F(enabled, a_gadget_sees_no_deletion_when_the_host_stays) {
    leave_stale_socket(path_);
    settings_.inheritance = 3ms;
    with_enabled([&](Enabled& subject) -> awaitable<void> {
        const auto executor = co_await asio::this_coro::executor;
        PathWatch watch{executor, path_};
        subject.enable();
        co_await watch.event();
        EXPECT_FALSE(watch.take_removed());
        asio::steady_timer inheritance_over{executor, 10ms};
        co_await inheritance_over.async_wait(use_awaitable);
        auto gadget = co_await connect(path_);
        EXPECT_EQ(co_await read_bytes(gadget, 1), "E");
    });
}

TEST_F(enabled, an_inherited_file_goes_at_once_when_the_host_is_known_to_be_gone) {
    leave_stale_socket(path_);
    with_enabled([&](Enabled& subject) -> awaitable<void> {
        subject.disable();
        EXPECT_FALSE(fs::exists(path_));
        co_return;
    });
}

TEST_F(enabled, nothing_is_left_behind) {
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
