#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/ip/tcp.hpp>

#include "common/async/asio.hpp"
#include "monitor/web/hub.hpp"

namespace revenant::monitor {

/// How patient the monitor is with viewers; other values are for tests.
struct StreamPace {
    std::chrono::milliseconds keep_alive{30'000};  ///< without a write, until a comment
    std::chrono::milliseconds blocked{10'000};     ///< that a viewer may take nothing
};

/// One viewer of the event stream, from the header of the reply to its end. One thread.
class Viewer {
public:
    using Socket = asio::ip::tcp::socket;

    /// `chunked`: it speaks HTTP/1.1.
    Viewer(Socket socket, Hub::Subscription place, bool chunked, const StreamPace& pace);
    Viewer(const Viewer&) = delete;
    Viewer& operator=(const Viewer&) = delete;
    ~Viewer();

    /// Sends until the viewer leaves, is blocked too long, or after finish(). Throws operation_aborted.
    awaitable<void> run();
    /// After what it still has to get: a farewell.
    void finish();

private:
    awaitable<void> send();
    awaitable<void> until_gone();
    awaitable<bool> send_waiting();
    awaitable<bool> write(std::vector<asio::const_buffer> buffers);
    awaitable<bool> write_text(std::string text);
    awaitable<bool> write_bytes(std::string_view bytes);
    awaitable<bool> writable();

    Socket socket_;
    Hub::Subscription place_;
    bool chunked_, finishing_ = false, idle_ = false;
    const StreamPace& pace_;
    asio::steady_timer timer_;
    Moment last_write_{};
};

}  // namespace revenant::monitor
