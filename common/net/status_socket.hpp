#pragma once

#include <functional>
#include <string>

#include <boost/json/object.hpp>

#include "common/async/event.hpp"
#include "common/net/unix_listener.hpp"

namespace revenant {

/// Serves `status.sock`: one line of JSON on connect, then one at each change. At most 16 readers; a reader that does
/// not read for 5 s is dropped and never blocks the server. Single-threaded.
class StatusSocket {
public:
    struct Pace {
        std::chrono::milliseconds patience = 5s;     ///< time limit for writing one line to a reader
        std::chrono::milliseconds count_delay = 1s;  ///< delay from a counter change to its line
    };

    /// `access`: who may connect. `describe` returns the program's own fields; pid, descriptors, threads and memory
    /// (KiB) are added here.
    StatusSocket(const asio::any_io_executor& executor, const std::filesystem::path& path, SocketAccess access,
                 std::function<boost::json::object()> describe);
    /// The same with another pace.
    StatusSocket(const asio::any_io_executor& executor, const std::filesystem::path& path, SocketAccess access,
                 std::function<boost::json::object()> describe, Pace pace);

    /// Runs until cancelled.
    awaitable<void> run();

    /// The state changed: sends a line to every reader at once.
    void changed();

    /// A counter changed: sends a line to every reader within a second. No cost without readers.
    void counted();

private:
    awaitable<void> serve(stream_protocol::socket reader);
    awaitable<void> publish(stream_protocol::socket& reader);
    [[nodiscard]] std::string line() const;

    UnixListener listener_;
    std::function<boost::json::object()> describe_;
    Pace pace_;
    Event news_;
    Timer soon_;
    bool line_is_due_ = false;
    std::uint64_t version_ = 0;
    unsigned readers_ = 0;
};

}  // namespace revenant
