#pragma once

#include <filesystem>

#include <boost/asio/posix/stream_descriptor.hpp>

#include "common/async/asio.hpp"
#include "common/core/bytes.hpp"

namespace revenant {

/// Watches one file (a socket, as a rule) by inotify on its directory, which may itself come and go within an existing
/// parent. Events queue in the kernel from construction on, so none is missed between two calls. One thread.
class PathWatch {
public:
    /// Throws std::system_error if the directory's parent cannot be watched.
    PathWatch(const asio::any_io_executor& executor, std::filesystem::path file);

    /// Waits until something happened to the file or its directory; returns after 30 s in any case, since a
    /// notification could be lost.
    awaitable<void> changed();

    /// The same without the 30 s: for those who only listen.
    awaitable<void> event();

    /// Whether the file was removed since the last call, as of now (a rename over it is no removal). Not while another
    /// coroutine waits for changed() or event().
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

/// Waits until a server at `watch.file()` accepts, and gives the connection. Ends only by success or cancellation.
awaitable<stream_protocol::socket> connect_when_present(PathWatch& watch);

}  // namespace revenant
