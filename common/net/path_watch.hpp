#pragma once

#include <filesystem>

#include <boost/asio/posix/stream_descriptor.hpp>

#include "common/async/asio.hpp"
#include "common/core/bytes.hpp"

namespace revenant {

/// Watches one file (usually a socket) by inotify on its directory, which may appear and disappear within an existing
/// parent. The kernel queues events from construction on, so none is missed between two calls. Single-threaded.
class PathWatch {
public:
    /// Throws std::system_error if the directory's parent cannot be watched.
    PathWatch(const asio::any_io_executor& executor, std::filesystem::path file);

    /// Waits for a change of the file or its directory. Returns after 30 s in any case, since a notification could be
    /// lost.
    awaitable<void> changed();

    /// The same without the 30 s limit.
    awaitable<void> event();

    /// Returns whether the file was removed since the last call; a rename over it does not count. Must not be called
    /// while another coroutine waits in changed() or event().
    bool take_removed();

    [[nodiscard]] const std::filesystem::path& file() const { return file_; }

private:
    void watch_directory();
    bool concerns_us(ByteView events);

    std::filesystem::path file_;
    asio::posix::stream_descriptor inotify_;
    int directory_watch_ = -1;
    bool removed_ = false;
};

/// Delay before reconnecting to another of the programs: prevents a busy loop when the peer closes at once.
constexpr auto pause_before_retry = 10ms;

/// Waits until a server at `watch.file()` accepts, and returns the connection. Ends only by success or cancellation.
awaitable<stream_protocol::socket> connect_when_present(PathWatch& watch);

}  // namespace revenant
