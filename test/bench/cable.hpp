#pragma once

#include <chrono>
#include <filesystem>

#include "common/net/path_watch.hpp"

namespace revenant::bench {

/// The control endpoint of the loopback bus, without the host's code, whose pauses must not be measured. Thread of the
/// loop only.
class Cable {
public:
    Cable(const asio::any_io_executor& executor, const std::filesystem::path& run_directory);

    /// Plugs the cable in and waits until the device is ready. Throws std::runtime_error after `limit`.
    awaitable<void> ready_within(std::chrono::seconds limit);
    awaitable<void> pull_out();

private:
    awaitable<void> plug_in();
    awaitable<void> ready();
    awaitable<bool> probe();

    stream_protocol::socket bus_;
    PathWatch bus_file_, ready_file_;
};

inline double milliseconds_since(std::chrono::steady_clock::time_point begin) {
    return std::chrono::duration<double, std::milli>{std::chrono::steady_clock::now() - begin}.count();
}

}  // namespace revenant::bench
