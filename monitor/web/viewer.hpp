#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/async/timer.hpp"
#include "common/http/message.hpp"
#include "monitor/web/hub.hpp"

namespace revenant::monitor {

/// How patient the monitor is with viewers; other values are for tests.
struct StreamPace {
    std::chrono::milliseconds keep_alive{30'000};  ///< without a write, until a comment
    std::chrono::milliseconds blocked{10'000};     ///< that a viewer may take nothing
};

/// One viewer of the event stream, from the end of the response's header on. One thread.
class Viewer : public http::Stream {
public:
    Viewer(Hub::Subscription place, const StreamPace& pace) : place_{std::move(place)}, pace_{pace} {}
    Viewer(const Viewer&) = delete;
    Viewer& operator=(const Viewer&) = delete;
    ~Viewer() override { place_.subscriber().wake = nullptr; }

    /// Sends until the viewer leaves or is blocked too long, or after Hub::finish(). Throws operation_aborted.
    awaitable<void> run(http::Socket socket, bool chunked) override;

private:
    awaitable<void> send();
    awaitable<void> until_gone();
    awaitable<bool> send_waiting();
    awaitable<bool> write(std::vector<asio::const_buffer> buffers);
    awaitable<bool> write_text(std::string text);
    awaitable<bool> write_bytes(std::string_view bytes);
    awaitable<bool> writable();

    Hub::Subscription place_;
    const StreamPace& pace_;
    std::optional<http::Socket> socket_;
    std::optional<Timer> timer_;
    bool chunked_ = false, idle_ = false;
    Moment last_write_{};
};

}  // namespace revenant::monitor
