#pragma once

#include <chrono>
#include <cstdint>
#include <functional>

#include "common/async/timer.hpp"
#include "common/net/announcement.hpp"

namespace revenant::registrar {

/// Serves `enabled.sock`, which exists only while the host has the function enabled. Each connection receives an `E` on
/// accept and on each further enable(). The gadget may write `R` to request a rebind when its endpoints do not recover.
/// Single-threaded.
class Enabled {
public:
    static constexpr auto rebind_interval = std::chrono::seconds{30};

    struct Settings {
        std::filesystem::path path{};
        uid_t gadget = 0;  ///< `R` from other users is ignored
        /// How long the socket file of a predecessor that died while enabled is kept. The device is still enumerated,
        /// and the gadget keeps its pipes as long as the file is not deleted.
        std::chrono::milliseconds inheritance = std::chrono::seconds{2};
    };
    struct Counters {
        std::uint64_t enables = 0;
        std::uint64_t disables = 0;
        std::uint64_t rebinds = 0;
    };
    struct Events {
        std::function<void()> rebind{};          ///< the gadget requests a rebind; at most once per 30 s
        std::function<void()> state_changed{};   ///< enabled or disabled
        std::function<void()> counted{};         ///< only a counter changed
        std::function<void()> gadget_changed{};  ///< gadget_connected() may have changed
    };

    /// The coroutines run in `tasks`, which must be joined before this object is destroyed.
    Enabled(TaskGroup& tasks, const asio::any_io_executor& executor, Settings settings, Events events);

    Enabled(const Enabled&) = delete;
    Enabled& operator=(const Enabled&) = delete;
    ~Enabled();

    /// The host enabled or resumed the function, possibly again. Throws std::runtime_error if the socket cannot be
    /// made.
    void enable();
    /// The host disabled or suspended the function, or is gone. Also removes an inherited socket file.
    void disable();

    [[nodiscard]] bool enabled() const { return announcement_.raised(); }
    /// Whether the gadget is connected.
    [[nodiscard]] bool gadget_connected() const { return announcement_.holds_connection_of(settings_.gadget); }
    [[nodiscard]] const Counters& counters() const { return counters_; }

private:
    void heard(uid_t user, char byte);
    void inherit();
    void renounce();

    Settings settings_;
    Events events_;
    Announcement announcement_;
    Timer inheritance_;
    bool inherited_ = false;
    std::optional<Clock::time_point> last_rebind_;
    Counters counters_;
};

}  // namespace revenant::registrar
