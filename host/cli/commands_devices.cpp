// The commands for devices: devices, reset.
#include <boost/json/array.hpp>
#include <fmt/format.h>

#include "host/channel/link_errors.hpp"
#include "host/cli/commands.hpp"
#include "host/link/usb_link.hpp"
#include "host/link/wait_until_ready.hpp"
#include "host/text/table.hpp"

namespace revenant::host {
namespace {

namespace json = boost::json;

const char* text(Readiness readiness) {
    switch (readiness) {
        case Readiness::ready:
            return "ready";
        case Readiness::not_ready:
            return "not ready";
        case Readiness::silent:
            return "silent";
        case Readiness::foreign:
            return "no signing device";
        case Readiness::forbidden:
            return "not permitted";
        case Readiness::several:
            return "not unique";
        case Readiness::held:
            return "in use";
        case Readiness::absent:
            break;
    }
    return "absent";
}

awaitable<Report> list_loopback(const Options& options) {
    const auto link = open_link(co_await asio::this_coro::executor, options, Interface::management);
    const auto readiness = co_await wait_until_ready(*link, chosen_deadline(options).value_or(settling_time));
    Report report;
    json::array devices;
    Table table{{"DEVICE", "BUS", "STATE"}};
    if (readiness != Readiness::absent) {
        devices.emplace_back(json::object{{"serial", link->serial()}, {"bus", "loopback"}, {"state", text(readiness)}});
        table.add({link->serial(), "loopback", text(readiness)});
    }
    report.text = !devices.empty() ? table.text()
                                   : fmt::format(
                                         "No device is on the cable at '{}': start the device's programs, or "
                                         "name their directory with --run-dir.\n",
                                         link->serial());
    report.json = {{"devices", std::move(devices)}};
    co_return report;
}

awaitable<Report> list_usb(const Options& options) {
    auto selection = usb_selection(options);
    const auto found = usb_devices(selection);
    const auto bus = open_usb(co_await asio::this_coro::executor);
    Report report;
    json::array devices;
    bool forbidden = false;
    Table table{{"DEVICE", "BUS", "PORT", "STATE"}};
    for (const auto& device : found) {
        selection.port = device.port;
        UsbLink link{bus, selection, Interface::management};
        const auto readiness = co_await wait_until_ready(link, chosen_deadline(options).value_or(0ms));
        forbidden = forbidden || readiness == Readiness::forbidden;
        const auto state = text(readiness);
        devices.emplace_back(
            json::object{{"serial", device.serial}, {"bus", "usb"}, {"port", device.port}, {"state", state}});
        table.add({device.serial.empty() ? "-" : device.serial, "usb", device.port, state});
    }
    report.json = {{"devices", std::move(devices)}};
    report.text = table.text();
    if (forbidden)
        report.text += fmt::format("To open a device that is not permitted, {}.\n", how_to_open_devices);
    if (found.empty())
        report.text = fmt::format(
            "No device with the USB ids {} is plugged in: check the cable and the device's power, or name others with "
            "--vendor-id and --product-id.\n",
            usb_ids_text(selection));
    co_return report;
}

}  // namespace

awaitable<Report> list_devices(const Call& call, Device& /*device*/) {
    auto listing = on_loopback(call.options) ? list_loopback(call.options) : list_usb(call.options);
    co_return co_await call.progress.during("checking the devices", std::move(listing));
}

awaitable<Report> reset_bus(const Call& call, Device& /*device*/) {
    if (on_loopback(call.options))
        throw usage_error("there is no bus to reset with --bus loopback: restart the device's registrar instead");
    const auto selection = usb_selection(call.options);
    if (const auto devices = usb_devices(selection); devices.size() > 1)
        throw ambiguous_error(devices, selection);
    const auto bus = open_usb(co_await asio::this_coro::executor);
    UsbLink link{bus, selection, Interface::management};
    if (const auto fault = fault_of(link.reset()))
        throw usb_error(*fault, link.serial(), selection, Interface::management);
    Report report;
    report.json = {{"device", link.serial()}, {"reset", true}};
    report.text = fmt::format("The USB port of the device '{}' was reset.\n", link.serial());
    co_return report;
}

}  // namespace revenant::host
