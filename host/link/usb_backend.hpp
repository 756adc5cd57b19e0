#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "common/async/event.hpp"
#include "common/core/guarded.hpp"

namespace revenant::host {

/// The result of a call to the bus, or of a transfer.
enum class UsbResult : std::uint8_t {
    done,
    stalled,    ///< the endpoint returned STALL
    cancelled,  ///< by this program, or by a bus reset
    gone,       ///< the device or the requested interface does not exist
    denied,     ///< this user may not open the device
    held,       ///< another program holds the interface
    failed,     ///< anything else
};

/// An interface of class 0xFF with a bulk endpoint in each direction, from the device's descriptors.
struct UsbInterface {
    std::uint8_t number = 0;
    std::uint8_t in = 0, out = 0;  ///< endpoint addresses
    std::uint16_t packet = 0;      ///< wMaxPacketSize of `out`, in bytes
};

/// One transfer. The bus owns its buffer from the submission until result is set.
struct UsbTransfer {
    explicit UsbTransfer(const asio::any_io_executor& executor) : ended{executor} {}

    std::uint8_t endpoint = 0;  ///< 0: a control transfer; the buffer begins with the 8 bytes of the SETUP
    GuardedBytes buffer{};      ///< the outgoing bytes, or room for the incoming ones
    bool zero_packet = false;   ///< OUT: append a zero-length packet
    std::optional<UsbResult> result{};
    std::size_t size = 0;  ///< bytes transferred, without the SETUP
    Event ended;
    std::function<void()> on_end{};  ///< called once, on the loop

    /// Called by the backend when the transfer has ended.
    void end(UsbResult how, std::size_t bytes) {
        result = how;
        size = bytes;
        ended.notify();
        if (on_end)
            on_end();
    }
};

/// Returns when the transfer has ended. Several coroutines may wait. Cancelling a waiter does not cancel the transfer.
inline awaitable<void> until_ended(UsbTransfer& transfer) {
    while (!transfer.result)
        co_await transfer.ended.wait();
}

/// An open device. The destructor closes it and releases its interface; transfers in flight are dropped and never end.
/// Single-threaded.
class UsbHandle {
public:
    UsbHandle() = default;
    UsbHandle(const UsbHandle&) = delete;
    UsbHandle& operator=(const UsbHandle&) = delete;
    virtual ~UsbHandle() = default;

    /// Returns those of the active configuration, by ascending number; none while the device is not configured.
    [[nodiscard]] virtual std::vector<UsbInterface> interfaces() const = 0;
    virtual UsbResult claim(std::uint8_t interface) = 0;
    virtual UsbResult release(std::uint8_t interface) = 0;
    virtual UsbResult clear_halt(std::uint8_t endpoint) = 0;
    virtual UsbResult reset() = 0;
    /// `done`: the transfer ends later, from the loop. Any other result: it was not submitted.
    virtual UsbResult submit(UsbTransfer& transfer) = 0;
    /// Cancels a transfer in flight; it ends as `cancelled` unless it completes first.
    virtual void cancel(UsbTransfer& transfer) = 0;
};

/// Access to USB devices: libusb, or a fake in tests. Single-threaded.
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

    /// Opens a device by its node below /dev/bus/usb. Does not touch its configuration or interfaces.
    virtual Opened open(const std::filesystem::path& node) = 0;
    /// Handles completed transfers without the loop; waits for the first one for `at_most`.
    virtual void turn(std::chrono::milliseconds at_most) = 0;
};

}  // namespace revenant::host
