#include "common/net/path_watch.hpp"

#include <fstream>

#include <gtest/gtest.h>

#include "common/async/task_group.hpp"
#include "common/net/unix_listener.hpp"
#include "test/support/basics/loop.hpp"
#include "test/support/basics/temporary_directory.hpp"

namespace revenant {
namespace {

using namespace test;
namespace fs = std::filesystem;

class path_watch : public ::testing::Test {
protected:
    void touch(const fs::path& file) { std::ofstream{file} << "x"; }

    TemporaryDirectory run_dir_;
    fs::path directory_ = run_dir_.path() / "program";
    fs::path file_ = directory_ / "a.sock";
};

TEST_F(path_watch, a_file_that_comes_is_noticed_and_no_removal) {
    fs::create_directory(directory_);
    run([&]() -> awaitable<void> {
        PathWatch watch{co_await asio::this_coro::executor, file_};
        touch(file_);
        co_await watch.event();
        EXPECT_FALSE(watch.take_removed());
    });
}

TEST_F(path_watch, the_directory_may_come_later_and_come_back) {
    run([&]() -> awaitable<void> {
        PathWatch watch{co_await asio::this_coro::executor, file_};
        for (int life = 0; life < 3; ++life) {
            fs::create_directory(directory_);
            co_await watch.event();
            touch(file_);
            co_await watch.event();
            EXPECT_FALSE(watch.take_removed());
            fs::remove(file_);
            co_await watch.event();
            EXPECT_TRUE(watch.take_removed());
            EXPECT_FALSE(watch.take_removed());
            fs::remove(directory_);
            while (fs::exists(directory_))
                co_await watch.event();
        }
    });
}

TEST_F(path_watch, a_file_that_came_with_its_directory_is_noticed) {
    run([&]() -> awaitable<void> {
        PathWatch watch{co_await asio::this_coro::executor, file_};
        fs::create_directory(run_dir_.path() / "staged");
        touch(run_dir_.path() / "staged" / "a.sock");
        fs::rename(run_dir_.path() / "staged", directory_);
        co_await watch.event();
        fs::remove(file_);
        co_await watch.event();
        EXPECT_TRUE(watch.take_removed());
    });
}

TEST_F(path_watch, a_rename_over_the_file_is_no_removal) {
    fs::create_directory(directory_);
    touch(file_);
    run([&]() -> awaitable<void> {
        PathWatch watch{co_await asio::this_coro::executor, file_};
        touch(directory_ / "a.sock.new");
        fs::rename(directory_ / "a.sock.new", file_);
        co_await watch.event();
        EXPECT_FALSE(watch.take_removed());
        fs::rename(file_, directory_ / "elsewhere");
        co_await watch.event();
        EXPECT_TRUE(watch.take_removed());
    });
}

TEST_F(path_watch, other_files_are_not_our_business) {
    fs::create_directory(directory_);
    run([&]() -> awaitable<void> {
        PathWatch watch{co_await asio::this_coro::executor, file_};
        for (int count = 0; count < 1000; ++count) {
            touch(directory_ / "a.sock.new");
            fs::remove(directory_ / "a.sock.new");
        }
        asio::steady_timer later{co_await asio::this_coro::executor, 5ms};
        bool ours = false;
        later.async_wait([&](error_code) {
            ours = true;
            touch(file_);
        });
        co_await watch.event();
        EXPECT_TRUE(ours);
        EXPECT_FALSE(watch.take_removed());
    });
}

TEST_F(path_watch, what_happened_before_the_wait_is_not_lost) {
    fs::create_directory(directory_);
    run([&]() -> awaitable<void> {
        PathWatch watch{co_await asio::this_coro::executor, file_};
        touch(file_);
        fs::remove(file_);
        touch(file_);
        co_await watch.event();
        EXPECT_TRUE(watch.take_removed());
    });
}

TEST_F(path_watch, a_client_connects_as_soon_as_there_is_a_server) {
    run([&]() -> awaitable<void> {
        const auto executor = co_await asio::this_coro::executor;
        PathWatch watch{executor, file_};
        bool connected = false;
        const auto client = [&]() -> awaitable<void> {
            co_await connect_when_present(watch);
            connected = true;
        };
        const auto both = [&](TaskGroup& tasks) -> awaitable<void> {
            tasks.spawn(client());
            co_await settle();
            fs::create_directory(directory_);
            co_await settle();
            leave_stale_socket(file_);
            co_await settle();
            EXPECT_FALSE(connected);  // nobody accepts there
            UnixListener server{executor, file_, SocketAccess{}};
            co_await server.accept();
            co_await until([&] { return connected; });
        };
        const auto begin = std::chrono::steady_clock::now();
        co_await with_group(both);
        EXPECT_LT(std::chrono::steady_clock::now() - begin, 5s);  // it was told, it did not look after 30 s
    });
}

TEST_F(path_watch, needs_the_directory_above) {
    asio::io_context io;
    EXPECT_THROW((PathWatch{io.get_executor(), run_dir_.path() / "absent" / "program" / "a.sock"}), std::system_error);
}

}  // namespace
}  // namespace revenant
