#pragma once

#include <functional>
#include <string>

#include <boost/json/object.hpp>

#include "common/async/asio.hpp"
#include "common/async/event.hpp"
#include "common/net/unix_listener.hpp"

namespace revenant {

/// `status.sock`: on connect one line of JSON, then a line at each change. For people, tests and the monitor. At most
/// 16 readers; one that does not read for 5 s is dropped and never holds up the server. One thread.
class StatusSocket {
public:
    struct Pace {
        std::chrono::milliseconds patience = 5s;     ///< with a reader that does not read
        std::chrono::milliseconds count_delay = 1s;  ///< from a counter's move to the line that shows it
    };

    /// `describe` gives what the program knows of itself; pid, descriptors, threads and memory (KiB) are added here.
    StatusSocket(const asio::any_io_executor& executor, const std::filesystem::path& path,
                 std::function<boost::json::object()> describe);
    /// The same at another pace.
    StatusSocket(const asio::any_io_executor& executor, const std::filesystem::path& path,
                 std::function<boost::json::object()> describe, Pace pace);

    /// Serves until cancelled.
    awaitable<void> run();

    /// The state changed: every reader gets a line at once.
    void changed();

    /// A counter moved: every reader gets a line within a second. Costs nothing while nobody reads.
    void counted();

private:
    awaitable<void> serve(stream_protocol::socket reader);
    awaitable<void> publish(stream_protocol::socket& reader);
    [[nodiscard]] std::string line() const;

    UnixListener listener_;
    std::function<boost::json::object()> describe_;
    Pace pace_;
    Event news_;
    asio::steady_timer soon_;
    bool line_is_due_ = false;
    std::uint64_t version_ = 0;
    unsigned readers_ = 0;
};

}  // namespace revenant
