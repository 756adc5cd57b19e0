#include "registrar/loopback/loopback_bus.hpp"

#include <vector>

#include <gtest/gtest.h>

#include "common/async/task_group.hpp"
#include "test/support/basics/loop.hpp"
#include "test/support/basics/temporary_directory.hpp"

namespace revenant::registrar {
namespace {

using namespace test;

const std::string probe_bytes{"\xC1\x5A\0\0\1\0\x08\0", 8};
const std::string not_ready_answer{"\x08TZSG\1\0\0\0", 9};
const std::string ready_answer{"\x08TZSG\1\0\1\0", 9};
const std::string get_descriptor{"\x80\x06\0\1\0\0\x12\0", 8};
const std::string stall{"\xFF"};
const std::string pull(8, '\xFF');

class loopback_bus : public ::testing::Test {
protected:
    template <typename Body>
    void with_bus(Body body) {
        run([&]() -> awaitable<void> {
            const auto executor = co_await asio::this_coro::executor;
            std::optional<LoopbackBus> subject;
            const auto both = [&](TaskGroup& tasks) -> awaitable<void> {
                BusEvents events;
                events.plugged_in = [this] { ++plugs_; };
                events.pulled_out = [this] { ++pulls_; };
                events.ready = [this] { return ready_; };
                events.counted = [] {};
                subject.emplace(tasks, UnixListener{executor, path_, SocketAccess{}}, events);
                co_await body(*subject);
            };
            co_await with_group(both);
        });
        EXPECT_FALSE(std::filesystem::exists(path_));
    }

    TemporaryDirectory directory_;
    std::filesystem::path path_ = directory_.path() / "bus.sock";
    bool ready_ = false;
    int plugs_ = 0, pulls_ = 0;
};

TEST_F(loopback_bus, plugged_while_any_host_is_connected) {
    with_bus([&](LoopbackBus& subject) -> awaitable<void> {
        std::optional first{co_await connect(path_)};
        co_await until([&] { return subject.plugged(); });
        std::optional second{co_await connect(path_)};
        co_await until([&] { return subject.hosts() == 2; });
        first.reset();
        co_await until([&] { return subject.hosts() == 1; });
        EXPECT_TRUE(subject.plugged());
        EXPECT_EQ(plugs_, 1);
        EXPECT_EQ(pulls_, 0);
        second.reset();
        co_await until([&] { return !subject.plugged(); });
        EXPECT_EQ(pulls_, 1);
        first = co_await connect(path_);
        co_await until([&] { return plugs_ == 2; });
    });
    EXPECT_EQ(pulls_, 2);
}

TEST_F(loopback_bus, split_and_joined_probes_are_answered) {
    with_bus([&](LoopbackBus& subject) -> awaitable<void> {
        auto host = co_await connect(path_);
        co_await write(host, probe_bytes);
        EXPECT_EQ(co_await read_bytes(host, 9), not_ready_answer);
        ready_ = true;
        for (const char byte : probe_bytes) {
            co_await write(host, std::string(1, byte));
            co_await settle();
        }
        EXPECT_EQ(co_await read_bytes(host, 9), ready_answer);
        co_await write(host, probe_bytes + get_descriptor + probe_bytes + probe_bytes.substr(0, 3));
        EXPECT_EQ(co_await read_bytes(host, 19), ready_answer + stall + ready_answer);
        co_await write(host, probe_bytes.substr(3));
        EXPECT_EQ(co_await read_bytes(host, 9), ready_answer);
        EXPECT_EQ(subject.counters().setups, 6U);
        EXPECT_EQ(subject.counters().stalls, 1U);
    });
}

TEST_F(loopback_bus, pull_closes_hosts_next_host_plugs) {
    with_bus([&](LoopbackBus& subject) -> awaitable<void> {
        auto first = co_await connect(path_);
        auto second = co_await connect(path_);
        co_await until([&] { return subject.hosts() == 2; });
        co_await write(second, probe_bytes + pull + probe_bytes);
        EXPECT_EQ(co_await read_to_end(first), "");
        EXPECT_EQ(co_await read_bytes(second, 9), not_ready_answer);
        EXPECT_FALSE(subject.plugged());
        EXPECT_EQ(pulls_, 1);
        auto third = co_await connect(path_);
        co_await write(third, probe_bytes);
        EXPECT_EQ(co_await read_bytes(third, 9), not_ready_answer);
        EXPECT_EQ(plugs_, 2);
        EXPECT_EQ(pulls_, 1);
        EXPECT_EQ(subject.hosts(), 1U);
    });
}

TEST_F(loopback_bus, partial_setup_does_not_affect_others) {
    with_bus([&](LoopbackBus& subject) -> awaitable<void> {
        auto steady = co_await connect(path_);
        for (std::size_t size = 1; size < probe_bytes.size(); ++size) {
            auto dying = co_await connect(path_);
            co_await write(dying, probe_bytes.substr(0, size));
        }
        co_await until([&] { return subject.hosts() == 1; });
        co_await write(steady, probe_bytes);
        EXPECT_EQ(co_await read_bytes(steady, 9), not_ready_answer);
        EXPECT_EQ(plugs_, 1);
    });
}

TEST_F(loopback_bus, stalled_host_is_dropped) {
    with_bus([&](LoopbackBus& subject) -> awaitable<void> {
        auto other = co_await connect(path_);
        auto deaf = co_await connect(path_);
        error_code failed;
        for (int count = 0; count < 100'000 && !failed; ++count)
            std::tie(failed, std::ignore) =
                co_await asio::async_write(deaf, asio::buffer(get_descriptor), as_tuple(use_awaitable));
        EXPECT_TRUE(failed);
        co_await until([&] { return subject.hosts() == 1; });
        co_await write(other, probe_bytes);
        EXPECT_EQ(co_await read_bytes(other, 9), not_ready_answer);
    });
}

TEST_F(loopback_bus, host_limit_is_16) {
    with_bus([&](LoopbackBus& subject) -> awaitable<void> {
        std::vector<stream_protocol::socket> hosts;
        for (std::size_t count = 0; count < LoopbackBus::max_hosts; ++count)
            hosts.push_back(co_await connect(path_));
        auto one_more = co_await connect(path_);
        EXPECT_EQ(co_await read_to_end(one_more), "");
        EXPECT_EQ(subject.hosts(), LoopbackBus::max_hosts);
        co_await write(hosts.back(), probe_bytes);
        EXPECT_EQ(co_await read_bytes(hosts.back(), 9), not_ready_answer);
    });
}

}  // namespace
}  // namespace revenant::registrar
