#include "test/vm/cable.hpp"

#include <cerrno>
#include <fstream>
#include <stdexcept>

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/usb/ch9.h>
#include <linux/usbdevice_fs.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>

namespace revenant::test {
namespace {

namespace fs = std::filesystem;

const fs::path usb_devices{"/sys/bus/usb/devices"};
const fs::path gadget_udc{"/sys/kernel/config/usb_gadget/revenant/UDC"};
constexpr auto vendor = "9997", product = "0001";
constexpr milliseconds patience{30'000};
constexpr milliseconds glance{20};  // polling interval: /sys has no change notification

template <typename Condition>
void wait_until(Condition condition, const char* what) {
    for (const Deadline deadline{patience}; deadline.left() > milliseconds::zero();) {
        if (condition())
            return;
        ::poll(nullptr, 0, glance.count());
    }
    throw std::runtime_error{fmt::format("{}: timeout", what)};
}

fs::path node_of(const fs::path& device) {
    return fmt::format("/dev/bus/usb/{:0>3}/{:0>3}", read_attribute(device / "busnum"),
                       read_attribute(device / "devnum"));
}

unsigned number_of(Interface interface) {
    return static_cast<unsigned>(interface);
}

void kernel_module(const char* call, long result) {
    if (result < 0)
        throw std::system_error{errno, std::system_category(), call};
}

}  // namespace

std::string read_attribute(const fs::path& file) {
    std::ifstream in{file};
    std::string text;
    std::getline(in, text);
    return text;
}

void write_attribute(const fs::path& file, const std::string& text) {
    const auto fd = open_file(file, O_WRONLY | O_CLOEXEC);
    if (::write(fd.get(), text.data(), text.size()) < 0)
        throw std::system_error{errno, std::system_category(), "write '" + text + "' to " + file.string()};
}

std::optional<fs::path> Cable::device() {
    std::error_code gone;
    for (const auto& entry : fs::directory_iterator{usb_devices, gone})
        if (read_attribute(entry.path() / "idVendor") == vendor &&
            read_attribute(entry.path() / "idProduct") == product)
            return entry.path();
    return std::nullopt;
}

fs::path Cable::wait_for_device() {
    std::optional<fs::path> found;
    const auto configured = [&] {
        found = device();
        return found && read_attribute(*found / "bConfigurationValue") == "1" && fs::exists(node_of(*found));
    };
    wait_until(configured, "enumeration of the device");
    return *found;
}

void Cable::wait_until_gone() {
    wait_until([] { return !device(); }, "removal of the device");
}

void Cable::reset() {
    checked(::ioctl(DeviceNode{}.fd(), USBDEVFS_RESET), "USBDEVFS_RESET");
}

void Cable::configure(int value) {
    if (const auto found = device())
        write_attribute(*found / "bConfigurationValue", std::to_string(value));
}

void Cable::authorize(bool on) {
    if (const auto found = device())
        write_attribute(*found / "authorized", on ? "1" : "0");
}

void Cable::set_interface(Interface interface) {
    const DeviceNode node;
    node.claim(interface);
    usbdevfs_setinterface setting{number_of(interface), 0};
    checked(::ioctl(node.fd(), USBDEVFS_SETINTERFACE, &setting), "USBDEVFS_SETINTERFACE");
}

void Cable::halt(Interface interface) {
    for (const bool in : {true, false}) {
        const auto endpoint = static_cast<std::uint16_t>(DeviceNode::endpoint(interface, in));
        if (!control({USB_RECIP_ENDPOINT, USB_REQ_SET_FEATURE, USB_ENDPOINT_HALT, endpoint, 0}, milliseconds{1000}))
            throw std::runtime_error{"cannot halt an endpoint"};
    }
}

void Cable::suspend() {
    const auto power = wait_for_device() / "power";
    write_attribute(power / "autosuspend_delay_ms", "0");
    write_attribute(power / "control", "auto");
    wait_until([&] { return read_attribute(power / "runtime_status") == "suspended"; }, "suspend");
}

void Cable::resume() {
    const auto power = wait_for_device() / "power";
    write_attribute(power / "control", "on");
    wait_until([&] { return read_attribute(power / "runtime_status") == "active"; }, "resume");
}

std::optional<std::vector<std::uint8_t>> Cable::control(const Control& setup, milliseconds limit) {
    std::vector<std::uint8_t> data(setup.length);
    usbdevfs_ctrltransfer transfer{setup.type,  setup.request, setup.value,
                                   setup.index, setup.length,  static_cast<std::uint32_t>(limit.count()),
                                   data.data()};
    const int size = ::ioctl(DeviceNode{}.fd(), USBDEVFS_CONTROL, &transfer);
    if (size < 0)
        return std::nullopt;
    data.resize(static_cast<std::size_t>(size));
    return data;
}

void Cable::replug() {
    try {
        write_attribute(gadget_udc, "\n");
    } catch (const std::system_error& error) {
        if (error.code() != std::errc::no_such_device)  // no UDC was bound
            throw;
    }
}

std::string Cable::udc() {
    return read_attribute(gadget_udc);
}

void Cable::remove_controller() {
    kernel_module("remove dummy_hcd", ::syscall(SYS_delete_module, "dummy_hcd", O_NONBLOCK));
}

void Cable::add_controller() {
    const auto file = open_file("/modules/dummy_hcd.ko", O_RDONLY | O_CLOEXEC);
    kernel_module("insert dummy_hcd", ::syscall(SYS_finit_module, file.get(), "", 0));
}

DeviceNode::DeviceNode() : fd_{open_file(node_of(Cable::wait_for_device()), O_RDWR | O_CLOEXEC)} {}

int DeviceNode::bulk(unsigned endpoint, std::vector<std::uint8_t>& data, milliseconds limit) const {
    usbdevfs_bulktransfer transfer{endpoint, static_cast<unsigned>(data.size()), static_cast<unsigned>(limit.count()),
                                   data.data()};
    const int size = ::ioctl(fd_.get(), USBDEVFS_BULK, &transfer);
    return size < 0 ? -errno : size;
}

void DeviceNode::claim(Interface interface) const {
    auto number = number_of(interface);
    checked(::ioctl(fd_.get(), USBDEVFS_CLAIMINTERFACE, &number), "USBDEVFS_CLAIMINTERFACE");
}

unsigned DeviceNode::endpoint(Interface interface, bool in) {
    const auto device = Cable::wait_for_device();
    const auto directory = device / fmt::format("{}:1.{}", device.filename().string(), number_of(interface));
    for (const auto& entry : fs::directory_iterator{directory}) {
        const auto name = entry.path().filename().string();
        if (name.starts_with("ep_") && read_attribute(entry.path() / "direction") == (in ? "in" : "out"))
            return static_cast<unsigned>(std::stoul(read_attribute(entry.path() / "bEndpointAddress"), nullptr, 16));
    }
    throw std::runtime_error{"the interface has no such endpoint: " + directory.string()};
}

}  // namespace revenant::test
