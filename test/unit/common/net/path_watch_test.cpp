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

TEST_F(path_watch, created_file_is_not_a_removal) {
    fs::create_directory(directory_);
    run([&]() -> awaitable<void> {
        PathWatch watch{co_await asio::this_coro::executor, file_};
        touch(file_);
        co_await watch.event();
        EXPECT_FALSE(watch.take_removed());
    });
}

TEST_F(path_watch, recreated_directory_is_watched_again) {
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

TEST_F(path_watch, file_in_renamed_directory_is_watched) {
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

TEST_F(path_watch, rename_over_file_is_not_a_removal) {
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

TEST_F(path_watch, other_files_are_ignored) {
    fs::create_directory(directory_);
    run([&]() -> awaitable<void> {
        PathWatch watch{co_await asio::this_coro::executor, file_};
        for (int count = 0; count < 1000; ++count) {
            touch(directory_ / "a.sock.new");
            fs::remove(directory_ / "a.sock.new");
        }
        Timer later{co_await asio::this_coro::executor, 5ms};
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

TEST_F(path_watch, events_before_wait_are_kept) {
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

TEST_F(path_watch, client_connects_when_server_appears) {
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
            EXPECT_FALSE(connected);  // no listener
            UnixListener server{executor, file_, SocketAccess{}};
            co_await server.accept();
            co_await until([&] { return connected; });
        };
        const auto begin = Clock::now();
        co_await with_group(both);
        EXPECT_LT(Clock::now() - begin, 5s);  // woken by inotify, not by the 30 s limit
    });
}

TEST_F(path_watch, missing_parent_directory_throws) {
    asio::io_context io;
    EXPECT_THROW((PathWatch{io.get_executor(), run_dir_.path() / "absent" / "program" / "a.sock"}), std::system_error);
}

}  // namespace
}  // namespace revenant
