#pragma once

#include <functional>

#include "common/async/asio.hpp"

namespace revenant {

/// Exit codes of the device programs.
constexpr int exit_failed = 1;  ///< it could not start or go on; the last line on standard error says why
constexpr int exit_usage = 2;   ///< an option, an environment variable or the configuration file is wrong

/// Runs `daemon` on a loop of its own until it ends, or until SIGTERM or SIGINT asks it to: then it is cancelled and
/// has `grace_seconds` before the kernel ends the process (SIGALRM), even if the loop is stuck. Returns the exit code.
int run_until_signalled(const std::function<awaitable<void>(asio::io_context&)>& daemon, unsigned grace_seconds = 2);

/// A `main` that cannot leak an exception: prints "program: sentence" and returns the exit code.
int guarded_main(const char* program, const std::function<int()>& body);

}  // namespace revenant
