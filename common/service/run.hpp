#pragma once

#include <functional>

#include "common/async/asio.hpp"

namespace revenant {

/// Exit codes of the device programs.
constexpr int exit_failed = 1;  ///< startup or runtime failure: see the last line on standard error
constexpr int exit_usage = 2;   ///< invalid option, environment variable or configuration file

/// Runs `daemon` on its own event loop until it ends or SIGTERM or SIGINT arrives, or SIGHUP without a service
/// manager (the terminal is gone) unless the parent ignored it. On a signal it is cancelled and has
/// `grace_seconds` before the kernel terminates the process (SIGALRM), even if the loop is stuck. Returns the exit
/// code.
int run_until_signalled(const std::function<awaitable<void>(asio::io_context&)>& daemon, unsigned grace_seconds = 2);

/// Runs `body` as main: initializes libsodium, disables core dumps, prints an exception as "program: message", and
/// returns the exit code. Never throws.
int guarded_main(const char* program, const std::function<int()>& body);

}  // namespace revenant
