#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "common/tezos/payload.hpp"
#include "host/channel/channel.hpp"
#include "host/channel/device.hpp"

namespace revenant::host::serve {

/// A key and what this server did with it.
struct KnownKey {
    KeyStatus status;
    std::uint64_t signatures = 0;  ///< made by the device for this process
    std::string signed_at{};       ///< time of the last one, RFC 3339; empty: none
    double signed_at_unix = 0;     ///< the same in seconds
};

/// One device: its sign interface, held while run() runs, and the keys that it reports. One thread.
class SignerDevice {
public:
    /// How to open a device, and the error for each fault on its bus.
    struct Access {
        std::function<std::unique_ptr<Link>(Interface)> open;
        std::function<Error(Fault, const std::string& serial)> error;
    };
    /// Called each time the device became ready and its keys are known. May suspend.
    using OnReady = std::function<awaitable<void>(SignerDevice&)>;

    /// `news` is notified of each change. `key_ids`: the keys to serve; empty: all.
    SignerDevice(const asio::any_io_executor& executor, Access access, Event& news, std::vector<std::string> key_ids);

    /// Keeps the interface, reads the keys whenever the device becomes ready and every 10 s, until cancelled.
    awaitable<void> run(const OnReady& on_ready);

    /// Returns the response; throws Error if there is none within the limit.
    awaitable<Response> ask(const Request& request, std::chrono::milliseconds limit);
    /// Reads the keys, at the earliest 200 ms after the last read. Concurrent calls share the result. Throws Error.
    awaitable<void> refresh(std::chrono::milliseconds limit);

    [[nodiscard]] std::string serial() const { return link_->serial(); }
    [[nodiscard]] std::optional<Fault> fault() const { return channel_.fault(); }
    [[nodiscard]] bool ready() const { return !fault(); }
    /// Time since when fault() has its value, RFC 3339.
    [[nodiscard]] const std::string& since() const { return since_; }
    [[nodiscard]] std::uint64_t revivals() const { return std::max<std::uint64_t>(channel_.claims(), 1) - 1; }
    [[nodiscard]] std::unique_ptr<Link> open(Interface interface) const { return access_.open(interface); }
    [[nodiscard]] Error no_answer(std::chrono::milliseconds limit) const;

    /// By address; kept while the device is absent, since it is expected to return with them.
    [[nodiscard]] const std::map<std::string, KnownKey>& keys() const { return keys_; }
    /// Whether it is ready and its keys were read since it became ready.
    [[nodiscard]] bool acquainted() const { return ready() && refreshed_life_ == channel_.claims(); }
    /// Why the last read of its keys failed; empty if it succeeded.
    [[nodiscard]] const std::optional<Error>& refresh_failed() const { return refresh_failed_; }
    /// Forgets the keys if the device is absent.
    void forget();

    // Updates from responses about a key.
    void gave_signature(const std::string& address, const std::optional<tezos::Operation>& operation);
    void is_locked(const std::string& address);
    void is_gone(const std::string& address);

private:
    awaitable<void> follow(const OnReady& on_ready);
    awaitable<void> until_ready();
    awaitable<void> log_changes();
    awaitable<void> refresh_now(std::chrono::milliseconds limit);
    void take(std::vector<KeyStatus> keys);

    Access access_;
    Event& news_;
    std::vector<std::string> key_ids_;
    std::unique_ptr<Link> link_;
    DeviceChannel channel_;
    std::map<std::string, KnownKey> keys_;
    std::uint64_t refreshed_life_ = 0;  // of the channel's claims; 0: none yet
    bool refreshing_ = false;
    Clock::time_point refreshed_at_{};
    std::optional<Error> refresh_failed_;
    Event refreshed_;
    std::string since_;
};

/// The state as one word for programs: "ready", "absent", ...
const char* state_text(std::optional<Fault> fault);

}  // namespace revenant::host::serve
