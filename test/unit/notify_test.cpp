#include "common/service/notify.hpp"

#include <array>
#include <cstdlib>

#include <boost/asio/local/datagram_protocol.hpp>
#include <gtest/gtest.h>

#include "common/core/task_group.hpp"
#include "common/service/watchdog.hpp"
#include "test/unit/loop.hpp"
#include "test/unit/temporary_directory.hpp"

namespace revenant {
namespace {

using namespace test;
using Datagrams = asio::local::datagram_protocol;

/// A service manager's end of the notification socket, and the environment that names it.
class notify : public ::testing::Test {
protected:
    notify() { ::setenv("NOTIFY_SOCKET", path_.c_str(), 1); }
    ~notify() override {
        for (const auto* name : {"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"})
            ::unsetenv(name);
    }

    static awaitable<std::string> next(Datagrams::socket& manager) {
        std::array<char, 256> text;
        const auto size = co_await manager.async_receive(asio::buffer(text), use_awaitable);
        co_return std::string{text.data(), size};
    }

    TemporaryDirectory directory_;
    std::filesystem::path path_ = directory_.path() / "notify";
};

TEST_F(notify, the_manager_hears_how_we_are) {
    run([&]() -> awaitable<void> {
        Datagrams::socket manager{co_await asio::this_coro::executor, Datagrams::endpoint{path_.string()}};
        EXPECT_TRUE(service::managed());
        service::ready("waiting");
        EXPECT_EQ(co_await next(manager), "READY=1\nSTATUS=waiting");
        service::status("alive");
        EXPECT_EQ(co_await next(manager), "STATUS=alive");
        service::stopping();
        EXPECT_EQ(co_await next(manager), "STOPPING=1");
    });
}

TEST_F(notify, the_watchdog_hears_us_twice_in_its_interval) {
    ::setenv("WATCHDOG_USEC", "20000", 1);
    run([&]() -> awaitable<void> {
        Datagrams::socket manager{co_await asio::this_coro::executor, Datagrams::endpoint{path_.string()}};
        const auto body = [&](TaskGroup& tasks) -> awaitable<void> {
            tasks.spawn(service::keep_watchdog_content());
            EXPECT_EQ(co_await next(manager), "WATCHDOG=1");
            const auto first = std::chrono::steady_clock::now();
            EXPECT_EQ(co_await next(manager), "WATCHDOG=1");
            EXPECT_EQ(co_await next(manager), "WATCHDOG=1");
            const auto pause = (std::chrono::steady_clock::now() - first) / 2;
            EXPECT_GE(pause, 8ms);
        };
        co_await with_group(body);
    });
}

TEST_F(notify, a_watchdog_that_did_not_ask_is_not_told) {
    run([&]() -> awaitable<void> {
        co_await service::keep_watchdog_content();  // returns
        EXPECT_FALSE(service::watchdog_interval());
    });
}

TEST_F(notify, without_a_manager_nothing_happens) {
    ::unsetenv("NOTIFY_SOCKET");
    EXPECT_FALSE(service::managed());
    service::ready("waiting");
    EXPECT_FALSE(service::store("name", 0));
    EXPECT_TRUE(service::take_stored().empty());
}

}  // namespace
}  // namespace revenant
