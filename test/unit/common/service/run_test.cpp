#include "common/service/run.hpp"

#include <cstdlib>
#include <fstream>
#include <stdexcept>

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/async/task_group.hpp"
#include "common/service/options.hpp"

namespace revenant {
namespace {

using testing::ExitedWithCode;
using testing::KilledBySignal;

/// Exits the (child) process with the exit code of the program's main.
[[noreturn]] void end_with(const std::function<int()>& body) {
    std::_Exit(guarded_main("revenant-test", body));
}

awaitable<void> for_ever() {
    Timer never{co_await asio::this_coro::executor, Timer::time_point::max()};
    co_await never.async_wait(use_awaitable);
}

TEST(guarded_main, error_prints_message_and_returns_code) {
    ::unsetenv("JOURNAL_STREAM");
    EXPECT_EXIT(end_with([]() -> int { throw UsageError{"no such thing"}; }), ExitedWithCode(2),
                "^revenant-test: no such thing\n$");
    EXPECT_EXIT(end_with([]() -> int { throw std::runtime_error{"it broke"}; }), ExitedWithCode(1),
                "^revenant-test: it broke\n$");
    EXPECT_EXIT(end_with([]() -> int { throw system_error{asio::error::connection_refused}; }), ExitedWithCode(1),
                "^revenant-test: Connection refused\n$");
    EXPECT_EXIT(end_with([] { return 7; }), ExitedWithCode(7), "^$");
}

TEST(guarded_main, error_in_journal_has_priority_prefix) {
    const auto in_journal = [](const std::function<int()>& body) {
        struct stat status {};
        ::fstat(STDERR_FILENO, &status);
        const auto stream = std::to_string(status.st_dev) + ":" + std::to_string(status.st_ino);
        ::setenv("JOURNAL_STREAM", stream.c_str(), 1);
        end_with(body);
    };
    EXPECT_EXIT(in_journal([]() -> int { throw UsageError{"no such thing"}; }), ExitedWithCode(2),
                "^<3>revenant-test: no such thing\n$");
    EXPECT_EXIT(in_journal([]() -> int { throw std::runtime_error{"it broke"}; }), ExitedWithCode(1),
                "^<3>revenant-test: it broke\n$");
}

TEST(guarded_main, inherited_journal_variable_is_ignored) {
    ::setenv("JOURNAL_STREAM", "8:1234", 1);
    EXPECT_EXIT(end_with([]() -> int { throw UsageError{"no such thing"}; }), ExitedWithCode(2),
                "^revenant-test: no such thing\n$");
    ::unsetenv("JOURNAL_STREAM");
}

TEST(guarded_main, core_dumps_are_disabled) {
    EXPECT_EXIT(end_with([] {
                    rlimit core{};
                    ::getrlimit(RLIMIT_CORE, &core);
                    return core.rlim_max == 0 && ::prctl(PR_GET_DUMPABLE) == 0 ? 40 : 41;
                }),
                ExitedWithCode(40), "");
}

TEST(guarded_main, sigpipe_is_ignored) {
    EXPECT_EXIT(end_with([] { return ::raise(SIGPIPE) == 0 ? 42 : 43; }), ExitedWithCode(42), "");
}

TEST(run_until_signalled, daemon_end_returns_success) {
    const auto at_once = [](asio::io_context&) -> awaitable<void> { co_return; };
    EXPECT_EQ(run_until_signalled(at_once), 0);
}

TEST(run_until_signalled, daemon_exception_propagates) {
    const auto fails = [](asio::io_context&) -> awaitable<void> {
        throw std::runtime_error{"the cause"};
        co_return;
    };
    EXPECT_THROW(run_until_signalled(fails), std::runtime_error);
    const auto aborted_unasked = [](asio::io_context&) -> awaitable<void> {
        throw system_error{asio::error::operation_aborted};
        co_return;
    };
    EXPECT_THROW(run_until_signalled(aborted_unasked), system_error);
}

/// Runs a daemon that raises `signal` and waits for its end.
int run_with(int signal) {
    const auto daemon = [signal](asio::io_context&) -> awaitable<void> {
        const auto body = [signal](TaskGroup& tasks) -> awaitable<void> {
            tasks.spawn(for_ever());
            ::raise(signal);
            co_await tasks.finished();
        };
        co_await with_group(body);
    };
    return run_until_signalled(daemon);
}

TEST(run_until_signalled, signal_cancels_daemon) {
    for (const int signal : {SIGTERM, SIGINT, SIGHUP})
        EXPECT_EXIT(end_with([&] { return run_with(signal); }), ExitedWithCode(0), "^$") << signal;
}

TEST(run_until_signalled, ignored_hang_up_stays_ignored) {
    const auto under_nohup = []() -> int {
        ::signal(SIGHUP, SIG_IGN);
        const auto daemon = [](asio::io_context&) -> awaitable<void> {
            ::raise(SIGHUP);
            co_return;
        };
        run_until_signalled(daemon);
        return ::signal(SIGHUP, SIG_DFL) == SIG_IGN ? 0 : 5;
    };
    EXPECT_EXIT(end_with(under_nohup), ExitedWithCode(0), "^$");
}

/// A program that reloads adds its own handler.
TEST(run_until_signalled, hang_up_from_manager_is_not_the_end) {
    ::setenv("NOTIFY_SOCKET", "/nowhere", 1);
    EXPECT_EXIT(end_with([] { return run_with(SIGHUP); }), KilledBySignal(SIGHUP), "^$");
    ::unsetenv("NOTIFY_SOCKET");
}

TEST(run_until_signalled, hanging_daemon_is_killed_by_alarm) {
    const auto stuck = [](asio::io_context&) -> awaitable<void> {
        co_await asio::this_coro::throw_if_cancelled(false);
        Timer never{co_await asio::this_coro::executor, Timer::time_point::max()};
        ::raise(SIGTERM);
        for (;;)
            co_await never.async_wait(asio::bind_cancellation_slot(asio::cancellation_slot{}, use_awaitable));
    };
    EXPECT_EXIT(end_with([&] { return run_until_signalled(stuck, 1); }), KilledBySignal(SIGALRM), "");
}

}  // namespace
}  // namespace revenant
