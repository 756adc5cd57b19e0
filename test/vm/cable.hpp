#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "common/core/fd.hpp"
#include "common/wire/interface.hpp"
#include "test/support/basics/wait.hpp"

namespace revenant::test {

inline constexpr std::size_t packet = 512;  ///< bytes; packet size of all endpoints at dummy_hcd's speed

/// Both ends of the cable that dummy_hcd emulates on this machine. Calls block; a wait throws std::runtime_error after
/// 30 s. Requires root.
class Cable {
public:
    // Host side.
    /// The device's directory below /sys/bus/usb/devices; nothing if it is not enumerated.
    [[nodiscard]] static std::optional<std::filesystem::path> device();
    /// Waits until it is enumerated and configured.
    static std::filesystem::path wait_for_device();
    static void wait_until_gone();

    static void reset();                             ///< USBDEVFS_RESET
    static void configure(int value);                ///< SET_CONFIGURATION: 1, or 0 for none
    static void authorize(bool on);                  ///< off: like unplugging, from the host side
    static void set_interface(Interface interface);  ///< to its only alternate setting; it must not be claimed
    static void halt(Interface interface);  ///< SET_FEATURE(ENDPOINT_HALT) on both endpoints; it must not be claimed
    static void suspend();                  ///< returns when it is suspended
    static void resume();

    /// One control transfer; returns its data, nothing on a stall or timeout.
    struct Control {
        std::uint8_t type, request;
        std::uint16_t value, index, length;
    };
    static std::optional<std::vector<std::uint8_t>> control(const Control& setup, milliseconds limit);

    // Device side.
    static void replug();                    ///< the UDC is unbound; the registrar binds it again
    [[nodiscard]] static std::string udc();  ///< the bound UDC; empty: none
    static void remove_controller();         ///< unloads dummy_hcd, with both controllers
    static void add_controller();            ///< loads it again
};

/// The device node of the host (usbfs), for operations that libusb does not offer.
class DeviceNode {
public:
    /// Opens the device's node.
    DeviceNode();
    [[nodiscard]] int fd() const { return fd_.get(); }

    /// One bulk transfer on an endpoint of a claimed interface; returns its size or -errno.
    int bulk(unsigned endpoint, std::vector<std::uint8_t>& data, milliseconds limit) const;
    void claim(Interface interface) const;
    /// The endpoint's address: the UDC may have chosen another one than the descriptor requests.
    [[nodiscard]] static unsigned endpoint(Interface interface, bool in);

private:
    UniqueFd fd_;
};

/// Reads a small file such as a /sys attribute, without its newline; empty if it does not exist.
std::string read_attribute(const std::filesystem::path& file);
/// Throws std::system_error with the file name.
void write_attribute(const std::filesystem::path& file, const std::string& text);

}  // namespace revenant::test
