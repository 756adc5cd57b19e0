#include "host/link/usb_devices.hpp"

#include <algorithm>
#include <charconv>
#include <fstream>

#include <fmt/format.h>

#include "host/text/printable.hpp"

namespace revenant::host {
namespace {

// A serial has at most 126 characters.
constexpr std::size_t max_attribute = 512;

std::optional<std::uint16_t> number(std::string_view text, int base) {
    std::uint16_t value = 0;
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value, base);
    if (failed != std::errc{} || end != text.data() + text.size())
        return std::nullopt;
    return value;
}

/// Returns the device in a sysfs directory if it matches the selection.
std::optional<UsbNode> device_in(const std::filesystem::path& directory, const UsbSelection& selection,
                                 const UsbPaths& paths) {
    UsbNode found;
    found.port = directory.filename().string();
    const auto bus = number(attribute(directory / "busnum"), 10), address = number(attribute(directory / "devnum"), 10);
    if (number(attribute(directory / "idVendor"), 16) != selection.vendor ||
        number(attribute(directory / "idProduct"), 16) != selection.product || !bus || !address)
        return std::nullopt;
    found.serial = attribute(directory / "serial");
    if ((!selection.serial.empty() && found.serial != selection.serial) ||
        (!selection.port.empty() && found.port != selection.port))
        return std::nullopt;
    found.node = paths.nodes / fmt::format("{:03}", *bus) / fmt::format("{:03}", *address);
    return found;
}

}  // namespace

std::string attribute(const std::filesystem::path& file) {
    std::ifstream stream{file};
    std::string text(max_attribute, '\0');
    stream.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(stream.gcount()));
    return printable(text.substr(0, text.find('\n')));
}

std::vector<UsbNode> usb_devices(const UsbSelection& selection, const UsbPaths& paths) {
    std::vector<UsbNode> found;
    std::error_code failed;
    for (std::filesystem::directory_iterator at{paths.devices, failed}, end; !failed && at != end; at.increment(failed))
        if (auto device = device_in(at->path(), selection, paths))
            found.push_back(std::move(*device));
    std::sort(found.begin(), found.end(), [](const UsbNode& a, const UsbNode& b) { return a.port < b.port; });
    return found;
}

std::optional<UsbNode> choose(const std::vector<UsbNode>& devices, const std::string& before) {
    if (devices.size() == 1 && before.empty())
        return devices.front();
    const auto same = [&](const UsbNode& device) { return device.serial == before; };
    if (before.empty() || std::count_if(devices.begin(), devices.end(), same) != 1)
        return std::nullopt;
    return *std::find_if(devices.begin(), devices.end(), same);
}

std::optional<std::uint16_t> usb_id(std::string_view text) {
    const bool hex = text.starts_with("0x") || text.starts_with("0X");
    return number(hex ? text.substr(2) : text, hex ? 16 : 10);
}

std::string usb_ids_text(const UsbSelection& selection) {
    return fmt::format("{:04x}:{:04x}", selection.vendor, selection.product);
}

}  // namespace revenant::host
