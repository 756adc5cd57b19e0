#pragma once

#include <list>
#include <memory>
#include <set>
#include <string>

#include "common/async/deadline.hpp"
#include "host/devices/signer_device.hpp"
#include "host/link/usb_events.hpp"

namespace revenant::host::serve {

/// Returns the serials of these devices that are not in `known`, each once. Devices without a serial are skipped: any
/// device may lack its serial shortly after it is plugged in and shortly before it is removed, and it would count as
/// another device with the same keys.
std::vector<std::string> new_serials(const std::vector<UsbNode>& devices, const std::set<std::string>& known);

/// The devices of a server. On USB all that are plugged in while it runs, or the one with the given serial; on loopback
/// one for each directory in --run-dir. A removed device keeps its entry and its keys, since it is expected to return.
/// One thread.
class DevicePool {
public:
    static constexpr std::size_t max_devices = 16;

    /// Throws Error if the options select no usable bus.
    DevicePool(const asio::any_io_executor& executor, const Options& options, std::vector<std::string> key_ids);

    /// Finds devices and keeps them until cancelled.
    awaitable<void> run(SignerDevice::OnReady on_ready);

    [[nodiscard]] const std::list<SignerDevice>& all() const { return devices_; }
    [[nodiscard]] std::list<SignerDevice>& all() { return devices_; }

    /// The device that has this key; nullptr if none is known. Throws Error if several have it.
    [[nodiscard]] SignerDevice* owner(const std::string& address);
    /// Whether several devices have this key.
    [[nodiscard]] bool disputed(const std::string& address) const;
    /// Reads the keys of all ready devices. Throws Error if there is only one and it does not answer.
    awaitable<void> refresh(Deadline until);
    /// Whether there is a device, and each is ready and its keys were read since it became ready.
    [[nodiscard]] bool acquainted() const;
    /// The permanent error of a device whose keys cannot be read; empty if there is none.
    [[nodiscard]] std::optional<Error> strange() const;
    /// Forgets the keys of absent devices.
    void forget_absent();

    /// Returns at the next change of a device or of its keys.
    awaitable<void> changed() { return news_.wait(); }
    /// Returns when `predicate()`, which depends on the devices and their keys, holds.
    template <typename Predicate>
    awaitable<void> until(Predicate predicate) {
        return news_.wait_until(std::move(predicate));
    }
    /// The error when no device is ready.
    [[nodiscard]] Error no_device(std::chrono::milliseconds limit) const;

private:
    void add_loopback(const std::string& directory);
    void add_usb(const UsbSelection& selection);
    bool find();
    awaitable<void> watch(TaskGroup& group, const SignerDevice::OnReady& on_ready);

    asio::any_io_executor executor_;
    std::vector<std::string> key_ids_;
    Event news_;
    std::shared_ptr<UsbBus> usb_;  // shared by all devices; null on the loopback bus
    UsbSelection selection_{};     // without a serial: all that match
    bool full_told_ = false, nameless_told_ = false;
    std::set<std::string> serials_;  // of the devices that were found
    std::list<SignerDevice> devices_;
};

}  // namespace revenant::host::serve
