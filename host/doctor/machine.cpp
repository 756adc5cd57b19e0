#include "host/doctor/machine.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <fstream>
#include <iterator>

#include <fcntl.h>
#include <fmt/format.h>
#include <grp.h>
#include <pwd.h>
#include <unistd.h>

#include "host/channel/link_errors.hpp"

namespace revenant::host::doctor {
namespace {

namespace fs = std::filesystem;

constexpr auto rule_file = "60-revenant.rules";
constexpr auto operators = "revenant-operators";
constexpr std::size_t max_rule_file = 65'536;
constexpr std::size_t room_for_a_group = 65'536;  // bytes; includes the names of all members
constexpr int max_groups = 4096;

std::string described(const UsbNode& device, const SystemPaths& paths) {
    const auto speed = attribute(paths.usb.devices / device.port / "speed");
    return fmt::format("serial {} at port {}, {}", device.serial.empty() ? "none" : device.serial, device.port,
                       speed.empty() ? "unknown speed" : speed + " Mbit/s");
}

std::string content(const fs::path& file) {
    std::ifstream in{file};
    std::string text(max_rule_file, '\0');
    in.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(in.gcount()));
    return text;
}

/// Whether a line other than a comment matches these ids and assigns the device to the operators' group.
bool rules(const std::string& text, const UsbSelection& selection) {
    const auto vendor = fmt::format("ATTR{{idVendor}}==\"{:04x}\"", selection.vendor);
    const auto product = fmt::format("ATTR{{idProduct}}==\"{:04x}\"", selection.product);
    std::istringstream lines{text};
    for (std::string line; std::getline(lines, line);) {
        const auto has = [&](const std::string& words) { return line.find(words) != std::string::npos; };
        if (!line.starts_with('#') && has(vendor) && has(product) && has(fmt::format("GROUP=\"{}\"", operators)))
            return true;
    }
    return false;
}

}  // namespace

Check check_usb(const SystemPaths& paths) {
    std::size_t buses = 0;
    std::error_code failed;
    for (fs::directory_iterator at{paths.usb.devices, failed}, end; !failed && at != end; at.increment(failed))
        buses += at->path().filename().string().starts_with("usb") ? 1U : 0U;
    const auto remedy = "load the kernel's USB drivers, or pass USB through to this container or virtual machine";
    if (failed && failed != std::errc::no_such_file_or_directory)
        return unknown("usb", fmt::format("'{}' cannot be read: {}", paths.usb.devices.string(), failed.message()));
    if (buses == 0)
        return problem("usb", fmt::format("no USB bus in '{}'", paths.usb.devices.string()), remedy);
    return fine("usb", fmt::format("this machine has {} USB bus{}", buses, buses == 1 ? "" : "es"));
}

Check check_cable(const std::vector<UsbNode>& devices, const UsbSelection& selection, const SystemPaths& paths) {
    const auto ids = usb_ids_text(selection);
    std::string list;
    for (const auto& device : devices)
        list += (list.empty() ? "" : "; ") + described(device, paths);
    if (!devices.empty())
        return fine("cable",
                    fmt::format("{} device{} {}: {}", devices.size(), devices.size() == 1 ? "" : "s", ids, list));
    auto any = selection;
    any.serial.clear();
    for (const auto& device : usb_devices(any, paths.usb))
        list += (list.empty() ? "" : "; ") + described(device, paths);
    if (!list.empty())
        return problem("cable", fmt::format("no device {} with the serial '{}' is plugged in", ids, selection.serial),
                       "set --serial to one of these, or omit it: " + list);
    return problem("cable", fmt::format("no device {} is plugged in", ids),
                   "check the cable and the device's power, or set other ids with --vendor-id and --product-id");
}

Check check_permission(const UsbNode& device) {
    if (::faccessat(AT_FDCWD, device.node.c_str(), R_OK | W_OK, AT_EACCESS) == 0)
        return fine("permission", fmt::format("this user may open '{}'", device.node.string()));
    if (errno == EACCES || errno == EPERM)
        return problem("permission", fmt::format("this user may not open '{}'", device.node.string()),
                       how_to_open_devices);
    if (errno == ENOENT)
        return problem("permission",
                       fmt::format("'{}' does not exist, although the device is plugged in", device.node.string()),
                       "start udev, or pass /dev/bus/usb through to this container");
    return unknown("permission", fmt::format("'{}': {}", device.node.string(), std::generic_category().message(errno)));
}

Check check_rule(const UsbSelection& selection, const SystemPaths& paths) {
    fs::path other;
    for (const auto& directory : paths.rules) {
        const auto file = directory / rule_file;
        std::error_code failed;
        if (!fs::exists(file, failed)) {
            if (failed && failed != std::errc::no_such_file_or_directory)
                return unknown("udev", fmt::format("'{}': {}", file.string(), failed.message()));
            continue;
        }
        if (!std::ifstream{file})
            return unknown("udev", fmt::format("'{}' cannot be read", file.string()));
        // The first file hides those of the same name in later directories.
        if (rules(content(file), selection))
            return fine("udev", fmt::format("'{}' assigns devices {} to the group {}", file.string(),
                                            usb_ids_text(selection), operators));
        return problem("udev",
                       fmt::format("'{}' has no rule that assigns devices {} to the group {}", file.string(),
                                   usb_ids_text(selection), operators),
                       "add these ids to it, run 'udevadm control --reload' and plug the device in again");
    }
    return problem("udev", fmt::format("the udev rule {} does not exist", rule_file),
                   "install the package revenant-host, or copy units/host/60-revenant.rules to /etc/udev/rules.d");
}

std::optional<Membership> membership() {
    Membership found;
    found.user = ::geteuid();
    std::vector<char> room(room_for_a_group);
    group entry{};
    group* result = nullptr;
    if (::getgrnam_r(operators, &entry, room.data(), room.size(), &result) != 0)
        return std::nullopt;
    if (result == nullptr)
        return found;
    found.group_exists = true;
    std::vector<gid_t> groups(max_groups);
    int count = ::getgroups(max_groups, groups.data());
    const auto has = [&] {
        return std::find(groups.begin(), groups.begin() + count, entry.gr_gid) != groups.begin() + count;
    };
    found.in_force = ::getegid() == entry.gr_gid || (count >= 0 && has());
    std::vector<char> more(room_for_a_group);
    passwd user{};
    passwd* known = nullptr;
    if (::getpwuid_r(found.user, &user, more.data(), more.size(), &known) != 0)
        return std::nullopt;
    count = max_groups;
    found.listed = known != nullptr && ::getgrouplist(user.pw_name, user.pw_gid, groups.data(), &count) >= 0 && has();
    return found;
}

Check check_group(const std::optional<Membership>& membership) {
    const std::string name{operators};
    if (!membership)
        return unknown("group", "the user and group databases cannot be read");
    if (!membership->group_exists)
        return problem("group", fmt::format("the group {} does not exist", name),
                       "install the package revenant-host, or run 'groupadd --system revenant-operators'");
    if (membership->in_force)
        return fine("group", fmt::format("this user is in the group {}", name));
    if (membership->listed)
        return problem("group",
                       fmt::format("this user is in the group {}, but this session does not have it yet", name),
                       "log out and in again");
    if (membership->user == 0)
        return fine("group", fmt::format("the group {} exists; root need not be a member", name));
    return problem("group", fmt::format("this user is not in the group {}", name),
                   "run 'adduser USER revenant-operators' as root, then log out and in again");
}

Check check_clock(int state, const timex& clock, int error) {
    if (state < 0)
        return unknown("clock", fmt::format("the kernel's clock state cannot be read: {}",
                                            std::generic_category().message(error)));
    if (state == TIME_ERROR || (clock.status & STA_UNSYNC) != 0)
        return problem("clock", "this machine's clock is not synchronised",
                       "start chrony or systemd-timesyncd, and see 'chronyc tracking' or 'timedatectl'");
    return fine("clock",
                fmt::format("this machine's clock is synchronised, within {} ms", (clock.maxerror + 999) / 1000));
}

Check clock_now() {
    timex clock{};  // modes 0: read only
    const int state = ::adjtimex(&clock);
    return check_clock(state, clock, errno);
}

}  // namespace revenant::host::doctor
