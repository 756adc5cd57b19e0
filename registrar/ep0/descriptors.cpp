#include "registrar/ep0/descriptors.hpp"

#include <array>
#include <string_view>

#include <linux/usb/ch9.h>
#include <linux/usb/functionfs.h>

namespace revenant::registrar {
namespace {

using Bytes8 = std::vector<std::uint8_t>;

struct Speed {
    std::uint16_t packet;
    bool companions;  // SuperSpeed: each endpoint has a companion descriptor
};
constexpr std::array speeds{Speed{64, false}, Speed{512, false}, Speed{1024, true}};
constexpr std::array<std::string_view, 2> interface_names{"tezsign-0", "tezsign-1"};
constexpr std::uint16_t english = 0x0409;

void put16(Bytes8& to, std::uint16_t value) {
    to.push_back(static_cast<std::uint8_t>(value & 0xFFU));
    to.push_back(static_cast<std::uint8_t>(value >> 8U));
}

void put32(Bytes8& to, std::uint32_t value) {
    put16(to, static_cast<std::uint16_t>(value & 0xFFFFU));
    put16(to, static_cast<std::uint16_t>(value >> 16U));
}

void put_endpoint(Bytes8& to, std::uint8_t address, const Speed& speed) {
    to.insert(to.end(), {USB_DT_ENDPOINT_SIZE, USB_DT_ENDPOINT, address, USB_ENDPOINT_XFER_BULK});
    put16(to, speed.packet);
    to.push_back(0);  // bInterval
    if (speed.companions)
        to.insert(to.end(), {USB_DT_SS_EP_COMP_SIZE, USB_DT_SS_ENDPOINT_COMP, 0, 0, 0, 0});  // no bursts, no streams
}

void put_interface(Bytes8& to, std::uint8_t number, const Speed& speed) {
    const auto name = static_cast<std::uint8_t>(number + 1);  // string indices start at 1
    to.insert(to.end(), {USB_DT_INTERFACE_SIZE, USB_DT_INTERFACE, number, 0, 2, USB_CLASS_VENDOR_SPEC, 0, 0, name});
    const auto first = static_cast<std::uint8_t>(2 * number + 1);
    put_endpoint(to, static_cast<std::uint8_t>(USB_DIR_IN | first), speed);
    put_endpoint(to, static_cast<std::uint8_t>(USB_DIR_OUT | (first + 1)), speed);
}

/// Returns the descriptors of both interfaces at one speed.
Bytes8 at_speed(const Speed& speed) {
    Bytes8 bytes;
    for (std::uint8_t number = 0; number < interface_names.size(); ++number)
        put_interface(bytes, number, speed);
    return bytes;
}

std::uint32_t count(const Bytes8& descriptors) {
    std::uint32_t found = 0;
    for (std::size_t at = 0; at < descriptors.size(); at += descriptors[at])
        ++found;
    return found;
}

}  // namespace

std::vector<std::uint8_t> function_descriptors() {
    Bytes8 counts, all;
    for (const auto& speed : speeds) {
        const auto part = at_speed(speed);
        put32(counts, count(part));
        all.insert(all.end(), part.begin(), part.end());
    }
    constexpr std::size_t head = 12;
    Bytes8 bytes;
    put32(bytes, FUNCTIONFS_DESCRIPTORS_MAGIC_V2);
    put32(bytes, static_cast<std::uint32_t>(head + counts.size() + all.size()));
    put32(bytes, FUNCTIONFS_HAS_FS_DESC | FUNCTIONFS_HAS_HS_DESC | FUNCTIONFS_HAS_SS_DESC);
    bytes.insert(bytes.end(), counts.begin(), counts.end());
    bytes.insert(bytes.end(), all.begin(), all.end());
    return bytes;
}

std::vector<std::uint8_t> function_strings() {
    Bytes8 names;
    put16(names, english);
    for (const auto name : interface_names) {
        names.insert(names.end(), name.begin(), name.end());
        names.push_back(0);
    }
    constexpr std::size_t head = 16;
    Bytes8 bytes;
    put32(bytes, FUNCTIONFS_STRINGS_MAGIC);
    put32(bytes, static_cast<std::uint32_t>(head + names.size()));
    put32(bytes, interface_names.size());
    put32(bytes, 1);  // languages
    bytes.insert(bytes.end(), names.begin(), names.end());
    return bytes;
}

}  // namespace revenant::registrar
