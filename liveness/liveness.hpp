#pragma once

#include <chrono>
#include <filesystem>

#include "common/async/asio.hpp"

namespace revenant::liveness {

/// The whole program below its options: listens in `directory` (heartbeat.sock, ready.sock, status.sock), gives its
/// verdict by ready.sock, until cancelled. `deadline`: the longest pause between two beats. Throws std::runtime_error
/// with a sentence for a person, also when another instance lives there.
awaitable<void> run_liveness(std::filesystem::path directory, std::chrono::milliseconds deadline);

}  // namespace revenant::liveness
