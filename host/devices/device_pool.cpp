#include "host/devices/device_pool.hpp"

#include <algorithm>
#include <filesystem>

#include <boost/algorithm/string/classification.hpp>
#include <boost/algorithm/string/split.hpp>
#include <fmt/format.h>

#include "common/async/backoff.hpp"
#include "common/async/within.hpp"
#include "common/core/log.hpp"
#include "host/channel/link_errors.hpp"
#include "host/link/loopback_link.hpp"
#include "host/link/usb_link.hpp"

namespace revenant::host::serve {
namespace {

constexpr auto find_interval = 30s;  // in case an uevent is lost

}  // namespace

std::vector<std::string> new_serials(const std::vector<UsbNode>& devices, const std::set<std::string>& known) {
    std::vector<std::string> serials;
    for (const auto& device : devices)
        if (!device.serial.empty() && known.count(device.serial) == 0 &&
            std::find(serials.begin(), serials.end(), device.serial) == serials.end())
            serials.push_back(device.serial);
    return serials;
}

DevicePool::DevicePool(const asio::any_io_executor& executor, const Options& options, std::vector<std::string> key_ids)
    : executor_{executor}, key_ids_{std::move(key_ids)}, news_{executor} {
    if (on_loopback(options)) {
        std::vector<std::string> directories;
        boost::split(directories, options.text("run-dir"), boost::is_any_of(":"), boost::token_compress_on);
        for (const auto& directory : directories)
            if (serials_.insert(directory).second)
                add_loopback(directory);
        return;
    }
    usb_ = open_usb(executor);
    selection_ = usb_selection(options);
    if (selection_.serial == "all")
        selection_.serial.clear();
    if (selection_.serial.empty())
        find();
    else
        add_usb(selection_);
}

void DevicePool::add_loopback(const std::string& directory) {
    const auto open = [executor = executor_, directory](Interface interface) {
        return open_loopback(executor, directory, interface);
    };
    const auto error = [](Fault fault, const std::string& serial) {
        return loopback_error(fault, serial, Interface::sign);
    };
    devices_.emplace_back(executor_, SignerDevice::Access{open, error}, news_, key_ids_);
}

void DevicePool::add_usb(const UsbSelection& selection) {
    const auto open = [this, selection](Interface interface) {
        return std::make_unique<UsbLink>(usb_, selection, interface);
    };
    const auto error = [selection](Fault fault, const std::string& serial) {
        return usb_error(fault, serial, selection, Interface::sign);
    };
    devices_.emplace_back(executor_, SignerDevice::Access{open, error}, news_, key_ids_);
}

/// Adds each new device. Returns whether all connected devices have a serial.
bool DevicePool::find() {
    const auto devices = usb_devices(selection_);
    for (const auto& serial : new_serials(devices, serials_)) {
        if (devices_.size() >= max_devices) {
            if (!std::exchange(full_told_, true))
                log::warn(
                    "the device '{}' is not served: the limit of {} devices, including removed ones, is reached: "
                    "restart the signer to forget the removed ones",
                    serial, max_devices);
            break;
        }
        serials_.insert(serial);
        auto selection = selection_;
        selection.serial = serial;
        add_usb(selection);
    }
    return std::none_of(devices.begin(), devices.end(), [](const UsbNode& device) { return device.serial.empty(); });
}

awaitable<void> DevicePool::run(SignerDevice::OnReady on_ready) {
    const auto body = [&](TaskGroup& group) -> awaitable<void> {
        for (auto& device : devices_)
            group.spawn(device.run(on_ready));
        if (usb_ && selection_.serial.empty())
            group.spawn(watch(group, on_ready));
        co_await group.finished();
    };
    co_await with_group(body);
}

awaitable<void> DevicePool::watch(TaskGroup& group, const SignerDevice::OnReady& on_ready) {
    UsbEvents events{executor_, open_usb_news()};
    Backoff until_named{1s, find_interval};
    for (;;) {
        const auto before = devices_.size();
        const bool all_named = find();
        if (all_named)
            until_named.reset();
        for (auto device = std::next(devices_.begin(), static_cast<std::ptrdiff_t>(before)); device != devices_.end();
             ++device)
            group.spawn(device->run(on_ready));
        const auto wait = all_named ? std::chrono::milliseconds{find_interval} : until_named.next();
        if (wait == find_interval && !all_named && !std::exchange(nameless_told_, true))
            log::warn(
                "a device without a serial number is not served, since it is indistinguishable from others: set its "
                "registrar's --serial, or select another device with --serial");
        co_await within(Clock::now() + wait, events.event());
    }
}

SignerDevice* DevicePool::owner(const std::string& address) {
    SignerDevice* found = nullptr;
    for (auto& device : devices_) {
        if (device.keys().count(address) == 0)
            continue;
        if (found != nullptr)
            throw Error{Fault::key_on_two_devices,
                        fmt::format("the key {} is on two devices, '{}' and '{}', so both could sign at one level: "
                                    "unplug one, delete this key there if it has other keys to serve, and reload or "
                                    "restart the signer; until then the signer does not use this key",
                                    address, found->serial(), device.serial())};
        found = &device;
    }
    return found;
}

bool DevicePool::disputed(const std::string& address) const {
    return std::count_if(devices_.begin(), devices_.end(),
                         [&](const SignerDevice& device) { return device.keys().count(address) != 0; }) > 1;
}

awaitable<void> DevicePool::refresh(Deadline until) {
    for (auto& device : devices_)
        if (device.ready())
            try {
                co_await device.refresh(time_left(until));
            } catch (const Error&) {
                if (devices_.size() == 1)
                    throw;  // with several, a faulty device must not hide the keys of the others
            }
}

bool DevicePool::acquainted() const {
    return !devices_.empty() && std::all_of(devices_.begin(), devices_.end(),
                                            [](const SignerDevice& device) { return device.acquainted(); });
}

std::optional<Error> DevicePool::strange() const {
    for (const auto& device : devices_)
        if (const auto& failed = device.refresh_failed();
            failed && !device.acquainted() && !is_transient(failed->fault()))
            return failed;
    return std::nullopt;
}

void DevicePool::forget_absent() {
    for (auto& device : devices_)
        device.forget();
}

Error DevicePool::no_device(std::chrono::milliseconds limit) const {
    if (!devices_.empty())
        return devices_.front().no_answer(limit);
    return usb_error(Fault::no_device, {}, selection_, Interface::sign);
}

}  // namespace revenant::host::serve
