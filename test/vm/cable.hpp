#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "common/core/fd.hpp"
#include "common/wire/interface.hpp"
#include "test/support/basics/wait.hpp"

namespace revenant::test {

inline constexpr std::size_t packet = 512;  ///< bytes; of both interfaces, at the speed of dummy_hcd

/// Both ends of the cable of this machine, as dummy_hcd has them: what a host or a person can do to it. Everything
/// blocks; a wait ends after 30 s with std::runtime_error. Root only.
class Cable {
public:
    // The host's end.
    /// The directory of our device below /sys/bus/usb/devices; nothing when it is not enumerated.
    [[nodiscard]] static std::optional<std::filesystem::path> device();
    /// Waits until it is enumerated, and configured by the host.
    static std::filesystem::path wait_for_device();
    static void wait_until_gone();

    static void reset();                             ///< USBDEVFS_RESET
    static void configure(int value);                ///< SET_CONFIGURATION: 1, or 0 for none
    static void authorize(bool on);                  ///< off: the host's way of unplugging
    static void set_interface(Interface interface);  ///< to its only alternate setting; nobody may hold it
    static void halt(Interface interface);  ///< SET_FEATURE(ENDPOINT_HALT) on both endpoints; nobody may hold it
    static void suspend();                  ///< returns when it is suspended
    static void resume();

    /// One control transfer; its data, nothing when it stalled or timed out.
    struct Control {
        std::uint8_t type, request;
        std::uint16_t value, index, length;
    };
    static std::optional<std::vector<std::uint8_t>> control(const Control& setup, milliseconds limit);

    // The device's end.
    static void replug();                    ///< the UDC is unbound; the registrar binds it again
    [[nodiscard]] static std::string udc();  ///< what the gadget is bound to; empty: nothing
    static void remove_controller();         ///< takes dummy_hcd out of the kernel, with both controllers
    static void add_controller();            ///< and puts it in again
};

/// The host's end of the device as the kernel has it (usbfs), for what libusb would not do.
class DeviceNode {
public:
    /// Opens the node of our device.
    DeviceNode();
    [[nodiscard]] int fd() const { return fd_.get(); }

    /// One bulk transfer from or to an endpoint of an interface that was claimed; its size, or -errno.
    int bulk(unsigned endpoint, std::vector<std::uint8_t>& data, milliseconds limit) const;
    void claim(Interface interface) const;
    /// The endpoint's address: the device's controller may have chosen another than its descriptor asked for.
    [[nodiscard]] static unsigned endpoint(Interface interface, bool in);

private:
    UniqueFd fd_;
};

/// Reads a small file, such as an attribute in /sys, without its newline; empty when it is not there.
std::string read_attribute(const std::filesystem::path& file);
/// Throws std::system_error naming it.
void write_attribute(const std::filesystem::path& file, const std::string& text);

}  // namespace revenant::test
