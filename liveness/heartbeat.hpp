#pragma once

#include <chrono>
#include <cstdint>

#include "common/async/asio.hpp"
#include "common/net/announcement.hpp"
#include "common/net/unix_listener.hpp"

namespace revenant::liveness {

/// `heartbeat.sock`: one gadget beats here, a byte at a time, each within the deadline of the one before (the first,
/// of the connection). While it does, `ready` is raised. A newer connection replaces the older, which is fully gone
/// before the newer one counts. One thread.
class Heartbeat {
public:
    struct Counters {
        std::uint64_t beats = 0;
        std::uint64_t beats_missed = 0;  ///< deadlines that passed without a byte
        std::uint64_t connections = 0;
        std::uint64_t replaced = 0;  ///< connections that a newer one ended
    };

    /// `state_changed` is called when the verdict changes, `counted` when only a counter moved.
    Heartbeat(UnixListener listener, Announcement& ready, std::chrono::milliseconds deadline,
              std::function<void()> state_changed, std::function<void()> counted);

    /// Serves until cancelled.
    awaitable<void> run();

    [[nodiscard]] bool alive() const { return ready_.raised(); }
    [[nodiscard]] const Counters& counters() const { return counters_; }

private:
    awaitable<void> listen_to(stream_protocol::socket gadget);
    void beat(std::size_t bytes);
    void lost();

    UnixListener listener_;
    Announcement& ready_;
    std::chrono::milliseconds deadline_;
    std::function<void()> state_changed_, counted_;
    Counters counters_;
    bool connected_ = false;
};

}  // namespace revenant::liveness
