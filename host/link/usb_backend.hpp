#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "common/async/event.hpp"
#include "common/core/bytes.hpp"

namespace revenant::host {

/// What came of a call to the bus, or of a transfer.
enum class UsbResult : std::uint8_t {
    done,
    stalled,    ///< the device refused
    cancelled,  ///< by us, or since somebody reset the bus
    gone,       ///< the device, or what was asked of it, is not there
    denied,     ///< this user may not open the device
    held,       ///< another program has the interface
    failed,     ///< anything else
};

/// An interface of class 0xFF with a bulk endpoint in each direction, as the device's descriptors have it.
struct UsbInterface {
    std::uint8_t number = 0;
    std::uint8_t in = 0, out = 0;  ///< endpoint addresses
    std::uint16_t packet = 0;      ///< wMaxPacketSize of `out`, in bytes
};

/// One transfer. Its buffer belongs to the bus from the submission until result is set.
struct UsbTransfer {
    explicit UsbTransfer(const asio::any_io_executor& executor) : ended{executor} {}

    std::uint8_t endpoint = 0;  ///< 0: a control transfer, whose buffer begins with the 8 bytes of the SETUP
    Bytes buffer{};             ///< what goes out, or room for what comes in
    bool zero_packet = false;   ///< out: a zero-length packet follows
    std::optional<UsbResult> result{};
    std::size_t size = 0;  ///< bytes that crossed the bus, without those of a SETUP
    Event ended;
    std::function<void()> on_end{};  ///< for the owner; called once, on the loop

    /// For the backend: the bus is done with it.
    void end(UsbResult how, std::size_t bytes) {
        result = how;
        size = bytes;
        ended.notify();
        if (on_end)
            on_end();
    }
};

/// Returns when the transfer has ended, whoever else waits for it. Cancelling the waiter leaves the transfer alone.
inline awaitable<void> until_ended(UsbTransfer& transfer) {
    while (!transfer.result)
        co_await transfer.ended.wait();
}

/// An open device. Destroyed, it is closed and gives its interface back; transfers in flight are then forgotten and
/// never end. One thread.
class UsbHandle {
public:
    UsbHandle() = default;
    UsbHandle(const UsbHandle&) = delete;
    UsbHandle& operator=(const UsbHandle&) = delete;
    virtual ~UsbHandle() = default;

    /// Of the active configuration, by ascending number; none while the device is not configured.
    [[nodiscard]] virtual std::vector<UsbInterface> interfaces() const = 0;
    virtual UsbResult claim(std::uint8_t interface) = 0;
    virtual UsbResult clear_halt(std::uint8_t endpoint) = 0;
    virtual UsbResult reset() = 0;
    /// `done`: the transfer ends later, from the loop. Anything else: it never began.
    virtual UsbResult submit(UsbTransfer& transfer) = 0;
    /// Hurries the end of a transfer in flight; it ends as `cancelled`, unless something else came first.
    virtual void cancel(UsbTransfer& transfer) = 0;
};

/// What is needed of the system to talk to a device: libusb, or a test's stand-in. One thread.
class UsbBackend {
public:
    struct Opened {
        UsbResult result = UsbResult::gone;
        std::unique_ptr<UsbHandle> handle{};  ///< present if `done`
    };
    UsbBackend() = default;
    UsbBackend(const UsbBackend&) = delete;
    UsbBackend& operator=(const UsbBackend&) = delete;
    virtual ~UsbBackend() = default;

    /// Opens a device by its node below /dev/bus/usb. It touches neither its configuration nor its interfaces.
    virtual Opened open(const std::filesystem::path& node) = 0;
    /// Ends the transfers that the bus is done with, without the loop; waits for one at most that long.
    virtual void turn(std::chrono::milliseconds at_most) = 0;
};

}  // namespace revenant::host
