#pragma once

#include <chrono>
#include <cstdint>
#include <functional>

#include "common/async/asio.hpp"
#include "common/net/announcement.hpp"

namespace revenant::registrar {

/// `enabled.sock`: exists exactly while the host has the function enabled. Each connection gets an `E` when it is
/// accepted and at each further enable(). The gadget may write `R`: its endpoints stay dead, bind again. One thread.
class Enabled {
public:
    static constexpr auto rebind_interval = std::chrono::seconds{30};
    using Clock = std::function<std::chrono::steady_clock::time_point()>;

    struct Settings {
        std::filesystem::path path{};
        uid_t gadget = 0;  ///< the only user whose `R` counts
        /// How long the file of a predecessor that died while enabled stays: the device is enumerated still, and a
        /// gadget that sees no deletion keeps its pipes.
        std::chrono::milliseconds inheritance = std::chrono::seconds{2};
        Clock now = &std::chrono::steady_clock::now;
    };
    struct Counters {
        std::uint64_t enables = 0;
        std::uint64_t disables = 0;
        std::uint64_t rebinds = 0;
    };
    struct Events {
        std::function<void()> rebind{};          ///< the gadget asks to be bound again; at most once per 30 s
        std::function<void()> state_changed{};   ///< enabled or disabled
        std::function<void()> counted{};         ///< only a counter moved
        std::function<void()> gadget_changed{};  ///< gadget_connected() may have changed
    };

    /// Its coroutines run in `tasks`, which must be joined before this is destroyed.
    Enabled(TaskGroup& tasks, const asio::any_io_executor& executor, Settings settings, Events events);

    Enabled(const Enabled&) = delete;
    Enabled& operator=(const Enabled&) = delete;
    ~Enabled();

    /// The host enabled us, resumed, or did so again. Throws std::runtime_error if the socket cannot be made.
    void enable();
    /// The host disabled us, suspended, or is gone; also an inherited file goes.
    void disable();

    [[nodiscard]] bool enabled() const { return announcement_.raised(); }
    /// Whether the gadget holds a connection.
    [[nodiscard]] bool gadget_connected() const { return announcement_.holds_connection_of(settings_.gadget); }
    [[nodiscard]] const Counters& counters() const { return counters_; }

private:
    void heard(uid_t user, char byte);
    void inherit();
    void renounce();

    Settings settings_;
    Events events_;
    Announcement announcement_;
    asio::steady_timer inheritance_;
    bool inherited_ = false;
    std::optional<std::chrono::steady_clock::time_point> last_rebind_;
    Counters counters_;
};

}  // namespace revenant::registrar
