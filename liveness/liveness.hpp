#pragma once

#include <chrono>
#include <filesystem>

#include "common/async/asio.hpp"

namespace revenant::liveness {

/// Runs the program until cancelled: listens in `directory` (heartbeat.sock, ready.sock, status.sock) and signals
/// liveness by the existence of ready.sock. `deadline`: the longest interval between two heartbeats. Throws
/// std::runtime_error with a user-readable message, also if another instance is running.
awaitable<void> run_liveness(std::filesystem::path directory, std::chrono::milliseconds deadline);

}  // namespace revenant::liveness
