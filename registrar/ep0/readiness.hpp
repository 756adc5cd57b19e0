#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>

#include "common/async/asio.hpp"
#include "common/net/path_watch.hpp"

namespace revenant::registrar {

/// Whether a gadget is alive behind the endpoints: true while a connection to the liveness program's ready.sock stands.
/// When it ends, it stays true for `grace` if the gadget's own connection stands, so that a restart of the liveness
/// program is not seen by a host. One thread.
class Readiness {
public:
    struct Events {
        std::function<bool()> gadget_connected{};
        std::function<void()> changed{};
    };

    /// Throws std::system_error if the directory above `ready_socket`'s cannot be watched.
    Readiness(const asio::any_io_executor& executor, const std::filesystem::path& ready_socket,
              std::chrono::milliseconds grace, Events events);

    /// Keeps the connection until cancelled.
    awaitable<void> run();

    /// To be called when `gadget_connected` may have changed.
    void gadget_changed();

    [[nodiscard]] bool ready() const { return ready_; }
    /// How often it went from true to false.
    [[nodiscard]] std::uint64_t losses() const { return losses_; }

private:
    void set(bool ready);
    void begin_grace();

    PathWatch watch_;
    asio::steady_timer grace_over_;
    std::chrono::milliseconds grace_;
    Events events_;
    bool linked_ = false;
    bool ready_ = false;
    std::uint64_t losses_ = 0;
};

}  // namespace revenant::registrar
