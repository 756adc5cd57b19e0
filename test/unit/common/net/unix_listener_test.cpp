#include "common/net/unix_listener.hpp"

#include <atomic>
#include <fstream>
#include <thread>

#include <fcntl.h>
#include <grp.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/core/fd.hpp"
#include "test/support/basics/loop.hpp"
#include "test/support/basics/temporary_directory.hpp"

namespace revenant {
namespace {

using namespace test;
namespace fs = std::filesystem;

class unix_listener : public ::testing::Test {
protected:
    [[nodiscard]] UnixListener listen(const SocketAccess& access = {}) { return {io_.get_executor(), path_, access}; }

    /// The constructor's error message; empty on success.
    std::string complaint() {
        try {
            (void)listen();
        } catch (const std::runtime_error& error) {
            return error.what();
        }
        return {};
    }

    asio::io_context io_;
    TemporaryDirectory directory_;
    fs::path path_ = directory_.path() / "a.sock";
};

mode_t mode_of(const fs::path& path) {
    struct stat status {};
    return ::lstat(path.c_str(), &status) == 0 ? status.st_mode & 07777U : 0;
}

bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

class Umask {
public:
    explicit Umask(mode_t mask) : before_{::umask(mask)} {}
    Umask(const Umask&) = delete;
    Umask& operator=(const Umask&) = delete;
    ~Umask() { ::umask(before_); }

private:
    mode_t before_;
};

TEST_F(unix_listener, mode_is_independent_of_umask) {
    const Umask loose{0};
    const auto own = listen();
    EXPECT_EQ(mode_of(path_), 0600U);
}

TEST_F(unix_listener, existing_group_gets_access) {
    const auto* const ours = ::getgrgid(::getegid());
    ASSERT_NE(ours, nullptr);
    const auto access = SocketAccess::of_group(ours->gr_name);
    const auto listener = listen(access);
    EXPECT_EQ(mode_of(path_), 0660U);
    struct stat status {};
    ASSERT_EQ(::lstat(path_.c_str(), &status), 0);
    EXPECT_EQ(status.st_gid, ::getegid());
    const auto nobodys = SocketAccess::of_group("revenant-no-such-group");
    EXPECT_EQ(nobodys.mode, 0600U);
    EXPECT_EQ(nobodys.group, static_cast<gid_t>(-1));
}

TEST_F(unix_listener, visible_file_accepts_and_has_final_mode) {
    const Umask loose{0};
    std::atomic<bool> done = false;
    std::atomic<int> seen_before_its_time = 0;
    std::string fault;
    std::thread watcher{[&] {
        asio::io_context io;
        const auto temporary = path_.string() + ".new";
        while (!done) {
            const auto mode = mode_of(temporary);
            seen_before_its_time += mode != 0 ? 1 : 0;
            if (((mode | mode_of(path_)) & 0077U) != 0)
                fault = "mode allows others";
            stream_protocol::socket peer{io};
            error_code failed;
            peer.connect(stream_protocol::endpoint{path_.string()}, failed);
            if (failed && failed != boost::system::errc::no_such_file_or_directory)
                fault = failed.message();
        }
    }};
    const auto end = Clock::now() + 2s;
    while (seen_before_its_time < 50 && Clock::now() < end)
        (void)listen();
    done = true;
    watcher.join();
    EXPECT_EQ(fault, "");
}

TEST_F(unix_listener, stale_socket_is_replaced) {
    leave_stale_socket(path_);
    leave_stale_socket(path_.string() + ".new");
    const auto listener = listen();
    stream_protocol::socket peer{io_};
    EXPECT_NO_THROW(peer.connect(stream_protocol::endpoint{path_.string()}));
}

TEST_F(unix_listener, live_owner_is_named_and_undisturbed) {
    const auto owner = listen();
    EXPECT_TRUE(contains(complaint(), "process " + std::to_string(::getpid()))) << complaint();
    stream_protocol::socket peer{io_};
    EXPECT_NO_THROW(peer.connect(stream_protocol::endpoint{path_.string()}));
}

TEST_F(unix_listener, owner_with_full_backlog_is_live) {
    stream_protocol::acceptor busy{io_};
    busy.open();
    busy.bind(stream_protocol::endpoint{path_.string()});
    busy.listen(0);
    std::vector<stream_protocol::socket> waiting;
    error_code failed;
    while (!failed && waiting.size() < 100) {
        waiting.emplace_back(io_, stream_protocol{}).non_blocking(true);
        waiting.back().connect(stream_protocol::endpoint{path_.string()}, failed);
        waiting.back().remote_endpoint(failed);
    }
    ASSERT_TRUE(failed);
    EXPECT_TRUE(contains(complaint(), "another process")) << complaint();
}

TEST_F(unix_listener, non_socket_file_is_kept) {
    std::ofstream{path_} << "precious";
    EXPECT_TRUE(contains(complaint(), "is not a socket"));
    EXPECT_TRUE(fs::is_regular_file(path_));
    fs::remove(path_);
    fs::create_symlink("nowhere", path_);
    EXPECT_TRUE(contains(complaint(), "is not a socket"));
    EXPECT_TRUE(fs::is_symlink(path_));
}

TEST_F(unix_listener, too_long_path_is_rejected) {
    path_ = directory_.path() / std::string(100, 'x');
    EXPECT_TRUE(contains(complaint(), "choose a shorter --run-dir")) << complaint();
}

TEST_F(unix_listener, missing_directory_is_rejected) {
    path_ = directory_.path() / "absent" / "a.sock";
    EXPECT_TRUE(contains(complaint(), "No such file or directory")) << complaint();
}

TEST_F(unix_listener, destructor_removes_own_file_only) {
    {
        auto first = listen();
        const auto second = std::move(first);
        EXPECT_TRUE(fs::exists(path_));
    }
    EXPECT_FALSE(fs::exists(path_));
    {
        const auto robbed = listen();
        fs::remove(path_);
        leave_stale_socket(path_);
    }
    EXPECT_TRUE(fs::exists(path_));
}

TEST_F(unix_listener, close_removes_file_and_aborts_accept) {
    run([&]() -> awaitable<void> {
        UnixListener listener{co_await asio::this_coro::executor, path_, SocketAccess{}};
        asio::post(co_await asio::this_coro::executor, [&] { listener.close(); });
        error_code ended;
        try {
            co_await listener.accept();
        } catch (const system_error& error) {
            ended = error.code();
        }
        EXPECT_EQ(ended, asio::error::operation_aborted);
        EXPECT_FALSE(fs::exists(path_));
        leave_stale_socket(path_);
        listener.close();
        EXPECT_TRUE(fs::exists(path_));
    });
}

TEST_F(unix_listener, descriptor_exhaustion_delays_accept) {
    run([&]() -> awaitable<void> {
        const auto executor = co_await asio::this_coro::executor;
        UnixListener listener{executor, path_, SocketAccess{}};
        auto peer = co_await connect(path_);
        rlimit before{};
        ::getrlimit(RLIMIT_NOFILE, &before);
        const UniqueFd highest{::open("/dev/null", O_RDONLY | O_CLOEXEC)};
        const rlimit none_left{static_cast<rlim_t>(highest.get()), before.rlim_max};
        ::setrlimit(RLIMIT_NOFILE, &none_left);
        Timer soon{executor, 3ms};
        soon.async_wait([&](error_code) { ::setrlimit(RLIMIT_NOFILE, &before); });
        auto accepted = co_await listener.accept();
        EXPECT_TRUE(accepted.is_open());
    });
}

TEST_F(unix_listener, foreign_user_is_closed_next_is_served) {
    if (::geteuid() != 0)
        GTEST_SKIP() << "needs root, to run a child as another user";
    fs::permissions(directory_.path(), fs::perms{0755});
    run([&]() -> awaitable<void> {
        UnixListener listener{co_await asio::this_coro::executor, path_, SocketAccess{}};
        fs::permissions(path_, fs::perms{0666});
        const pid_t stranger = ::fork();
        if (stranger == 0) {
            asio::io_context io;
            stream_protocol::socket peer{io};
            error_code failed;
            if (::setgroups(0, nullptr) != 0 || ::setgid(65534) != 0 || ::setuid(65534) != 0)
                ::_exit(1);
            peer.connect(stream_protocol::endpoint{path_.string()}, failed);
            ::_exit(failed ? 2 : 0);
        }
        int status = -1;
        ::waitpid(stranger, &status, 0);
        EXPECT_EQ(status, 0);
        auto friendly = co_await connect(path_);
        co_await write(friendly, "x");
        auto accepted = co_await listener.accept();
        EXPECT_EQ(co_await read_bytes(accepted, 1), "x");
    });
}

}  // namespace
}  // namespace revenant
