#include "registrar/usb/settings.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <fstream>
#include <stdexcept>
#include <string_view>

#include <fmt/format.h>
#include <sodium.h>

#include "common/core/visible.hpp"

namespace revenant::registrar {
namespace {

constexpr std::size_t max_string = 126;  // a string descriptor is at most 255 bytes, in UTF-16
constexpr std::size_t shortest_serial = 12;

/// Hash key that keeps the machine id off the bus, as machine-id(5) requires.
constexpr std::string_view serial_key{"revenant: serial number of the USB gadget"};

[[noreturn]] void refuse(const Options& options, const std::string& name, const std::string& accepted) {
    throw UsageError{fmt::format("the setting {} is '{}' ({}): expected {}", name, visible(options.text(name)),
                                 options.origin(name), accepted)};
}

std::uint16_t id_setting(const Options& options, const std::string& name) {
    const auto text = options.text(name);
    const bool hexadecimal = text.rfind("0x", 0) == 0 || text.rfind("0X", 0) == 0;
    const auto* const first = text.data() + (hexadecimal ? 2 : 0);
    const auto* const last = text.data() + text.size();
    std::uint16_t value = 0;
    const auto [end, failed] = std::from_chars(first, last, value, hexadecimal ? 16 : 10);
    if (failed != std::errc{} || end != last)
        refuse(options, name, "a number from 0 to 0xFFFF");
    return value;
}

bool printable(const std::string& text) {
    return std::all_of(text.begin(), text.end(), [](char letter) { return letter >= ' ' && letter <= '~'; });
}

std::string string_setting(const Options& options, const std::string& name) {
    auto text = options.text(name);
    if (text.empty() || text.size() > max_string || !printable(text))
        refuse(options, name, fmt::format("1 to {} printable ASCII characters", max_string));
    return text;
}

/// Returns a setting that is one component of a path in configfs.
std::string name_setting(const Options& options, const std::string& name) {
    auto text = options.text(name);
    if (text.empty() || text == "." || text == ".." || text.find('/') != std::string::npos || !printable(text))
        refuse(options, name, "a name without a slash");
    return text;
}

std::string function_setting(const Options& options) {
    auto text = name_setting(options, "function");
    if (text.rfind("ffs.", 0) != 0 || text.size() == 4)
        refuse(options, "function", "ffs. and a name, such as ffs.tezsign");
    return text;
}

std::string configuration_setting(const Options& options) {
    auto text = name_setting(options, "configuration");
    const auto dot = text.rfind('.');
    const auto* const last = text.data() + text.size();
    std::uint8_t value = 0;
    if (dot == 0 || dot == std::string::npos)
        refuse(options, "configuration", "a name, a dot and a number from 1 to 255, such as c.1");
    const auto [end, failed] = std::from_chars(text.data() + dot + 1, last, value);
    if (failed != std::errc{} || end != last || value == 0)
        refuse(options, "configuration", "a name, a dot and a number from 1 to 255, such as c.1");
    return text;
}

std::filesystem::path path_setting(const Options& options, const std::string& name) {
    const std::filesystem::path path = options.text(name);
    if (!path.is_absolute())
        refuse(options, name, "a path that begins with a slash");
    return path;
}

/// Returns the first word of a file; empty if it has none or cannot be read.
std::string first_word(const std::filesystem::path& file) {
    std::ifstream content{file};
    std::string word;
    content >> word;
    return word;
}

std::string derived_from(const std::string& machine_id) {
    std::array<unsigned char, 16> hash{};
    crypto_generichash(hash.data(), hash.size(), reinterpret_cast<const unsigned char*>(machine_id.data()),
                       machine_id.size(), reinterpret_cast<const unsigned char*>(serial_key.data()), serial_key.size());
    std::string text;
    for (std::size_t at = 0; at < 8; ++at)
        text += fmt::format("{:02X}", hash[at]);
    return text;
}

std::string checked_serial(std::string serial, const std::string& source) {
    if (serial.size() < shortest_serial || serial.size() > max_string || !printable(serial))
        throw std::runtime_error{
            fmt::format("invalid serial number in {}: it must have {} to {} printable ASCII characters", source,
                        shortest_serial, max_string)};
    return serial;
}

}  // namespace

UsbSettings usb_settings(const Options& options) {
    UsbSettings settings;
    settings.vendor_id = id_setting(options, "vendor-id");
    settings.product_id = id_setting(options, "product-id");
    settings.manufacturer = string_setting(options, "manufacturer");
    settings.product = string_setting(options, "product");
    settings.serial = options.text("serial");
    settings.serial_file = options.text("serial-file");
    settings.machine_id_file = options.text("machine-id-file");
    settings.gadget_name = name_setting(options, "gadget-name");
    settings.configuration = configuration_setting(options);
    settings.function = function_setting(options);
    if (!options.text("udc").empty())
        settings.udc = name_setting(options, "udc");
    settings.ffs_dir = path_setting(options, "ffs-dir");
    settings.configfs_dir = path_setting(options, "configfs-dir");
    settings.udc_dir = path_setting(options, "udc-dir");
    settings.gadget_user = user_setting(options, "gadget-user");
    settings.gadget_group = group_setting(options, "gadget-group", settings.gadget_user.gid);
    settings.registrar_user = user_setting(options, "registrar-user");
    return settings;
}

std::string serial_number(const UsbSettings& settings) {
    if (!settings.serial.empty())
        return checked_serial(settings.serial, "the setting serial");
    if (!settings.serial_file.empty())
        return checked_serial(first_word(settings.serial_file),
                              fmt::format("the serial-file '{}'", settings.serial_file.string()));
    const auto machine_id = first_word(settings.machine_id_file);
    // An image has "uninitialized" before its first boot, which is the same on every device.
    if (machine_id.size() < 32 || machine_id == "uninitialized")
        throw std::runtime_error{
            fmt::format("there is no serial number: '{}' has no machine id: give --serial or --serial-file, or run "
                        "systemd-machine-id-setup",
                        settings.machine_id_file.string())};
    return derived_from(machine_id);
}

}  // namespace revenant::registrar
