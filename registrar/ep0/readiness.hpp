#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>

#include "common/async/timer.hpp"
#include "common/net/path_watch.hpp"

namespace revenant::registrar {

/// Tracks whether the gadget is alive: true while connected to the liveness program's ready.sock. When that connection
/// ends, the value stays true for `grace` if the gadget is still connected to the registrar, so that a host does not
/// notice a restart of the liveness program. Single-threaded.
class Readiness {
public:
    struct Events {
        std::function<bool()> gadget_connected{};
        std::function<void()> changed{};
    };

    /// Throws std::system_error if the parent of `ready_socket`'s directory cannot be watched.
    Readiness(const asio::any_io_executor& executor, const std::filesystem::path& ready_socket,
              std::chrono::milliseconds grace, Events events);

    /// Connects and reconnects until cancelled.
    awaitable<void> run();

    /// Must be called when `gadget_connected` may have changed.
    void gadget_changed();

    [[nodiscard]] bool ready() const { return ready_; }
    /// Number of changes from true to false.
    [[nodiscard]] std::uint64_t losses() const { return losses_; }

private:
    void set(bool ready);
    void begin_grace();

    PathWatch watch_;
    Timer grace_over_;
    std::chrono::milliseconds grace_;
    Events events_;
    bool linked_ = false;
    bool ready_ = false;
    std::uint64_t losses_ = 0;
};

}  // namespace revenant::registrar
