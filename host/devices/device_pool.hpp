#pragma once

#include <list>
#include <memory>
#include <set>
#include <string>

#include "common/async/deadline.hpp"
#include "host/devices/signer_device.hpp"
#include "host/link/usb_events.hpp"

namespace revenant::host::serve {

/// Of these devices the serials that are not in `known`, each once. A device without one does not count: just before it
/// leaves, and when it has just come, any device may show none, and taken for another device it would share its keys.
std::vector<std::string> new_serials(const std::vector<UsbNode>& devices, const std::set<std::string>& known);

/// The devices of a server. On the USB all that are plugged in, while it runs, unless a serial was asked for; without
/// USB one for each directory that --run-dir lists. A device that left keeps its place: its keys are expected back from
/// it alone. One thread.
class DevicePool {
public:
    static constexpr std::size_t max_devices = 16;

    /// Throws Error if the options select no usable bus.
    DevicePool(const asio::any_io_executor& executor, const Options& options, std::vector<std::string> key_ids);

    /// Finds devices and keeps them until cancelled.
    awaitable<void> run(SignerDevice::OnReady on_ready);

    [[nodiscard]] const std::list<SignerDevice>& all() const { return devices_; }
    [[nodiscard]] std::list<SignerDevice>& all() { return devices_; }

    /// The one that has this key; nullptr if none is known to. Throws Error if several have it.
    [[nodiscard]] SignerDevice* owner(const std::string& address);
    /// Whether several have this key.
    [[nodiscard]] bool disputed(const std::string& address) const;
    /// Reads the keys of all that are ready. Throws Error if there is only one and it does not answer.
    awaitable<void> refresh(Deadline until);
    /// Whether each device is ready and its keys were read since, and there is one.
    [[nodiscard]] bool acquainted() const;
    /// Why the keys of one will not be known however long one waits: it answers something strange.
    [[nodiscard]] std::optional<Error> strange() const;
    /// Forgets the keys of those that are away.
    void forget_absent();

    /// Returns at the next change of a device or of its keys.
    awaitable<void> changed() { return news_.wait(); }
    /// Returns when `predicate()`, which depends on the devices and their keys, holds.
    template <typename Predicate>
    awaitable<void> until(Predicate predicate) {
        return news_.wait_until(std::move(predicate));
    }
    /// Why none is ready.
    [[nodiscard]] Error no_device(std::chrono::milliseconds limit) const;

private:
    void add_loopback(const std::string& directory);
    void add_usb(const UsbSelection& selection);
    bool find();
    awaitable<void> watch(TaskGroup& group, const SignerDevice::OnReady& on_ready);

    asio::any_io_executor executor_;
    std::vector<std::string> key_ids_;
    Event news_;
    std::shared_ptr<UsbBus> usb_;  // of all lines; nothing on the loopback bus
    UsbSelection selection_{};     // without a serial: all that fit
    bool full_told_ = false, nameless_told_ = false;
    std::set<std::string> serials_;  // of the devices that were found
    std::list<SignerDevice> devices_;
};

}  // namespace revenant::host::serve
