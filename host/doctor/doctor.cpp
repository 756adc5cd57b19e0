#include "host/doctor/doctor.hpp"

#include <array>
#include <utility>

#include "host/channel/link_errors.hpp"
#include "host/doctor/device.hpp"
#include "host/doctor/programs.hpp"
#include "host/link/usb_link.hpp"
#include "host/link/wait_until_ready.hpp"

namespace revenant::host::doctor {
namespace {

/// A device to check, with links to its interfaces.
struct Subject {
    std::function<std::unique_ptr<Link>(Interface)> link;
    std::filesystem::path node{};  ///< empty on the loopback bus
};

constexpr std::array asked_of_a_device{"sign interface", "management interface", "versions", "keys", "locks", "marks"};

void cannot_look(Checks& checks, const std::string& why, std::size_t first = 0) {
    for (auto at = first; at < asked_of_a_device.size(); ++at)
        checks.push_back(unknown(asked_of_a_device[at], why));
}

/// Claims the interface and releases it at once.
awaitable<Hold> try_claim(const Subject& subject, Interface interface) {
    const auto link = subject.link(interface);
    const auto claim = co_await link->claim();
    co_return claim.pipe ? Hold::free : claim.held ? Hold::held : Hold::neither;
}

awaitable<Check> look_at_interface(const Subject& subject, Interface interface, const SystemPaths& paths, Hold& hold) {
    hold = co_await try_claim(subject, interface);
    std::vector<std::string> holders;
    if (hold == Hold::held && !subject.node.empty())
        holders = holders_of(subject.node, paths.processes);
    co_return check_interface(interface, hold, holders);
}

/// Requests versions and keys over the management interface.
awaitable<void> question(Link& link, const Options& options, Checks& checks) {
    DeviceChannel channel{co_await asio::this_coro::executor, link};
    const auto body = [&](TaskGroup& group) -> awaitable<void> {
        group.spawn(channel.run());
        const auto limit = [&](const Request& request) {
            return chosen_deadline(options).value_or(usual_deadline(request));
        };
        const Request about_version = VersionRequest{}, about_master = InitInfoRequest{}, about_keys = StatusRequest{};
        const auto version = co_await channel.ask(about_version, limit(about_version));
        checks.push_back(check_versions(version));
        const auto master = co_await channel.ask(about_master, limit(about_master));
        const auto keys = co_await channel.ask(about_keys, limit(about_keys));
        for (auto& check : check_keys(master, keys))
            checks.push_back(std::move(check));
    };
    co_await with_group(body);
}

awaitable<Checks> look_at_device(const Subject& subject, const Options& options, const SystemPaths& paths) {
    Checks checks;
    const auto link = subject.link(Interface::management);  // kept: on the loopback bus it holds the cable
    const auto readiness = co_await wait_until_ready(*link, chosen_deadline(options).value_or(settling_time));
    checks.push_back(check_readiness(readiness));
    if (readiness != Readiness::ready && readiness != Readiness::held) {
        cannot_look(checks, "the device is not ready");
        co_return checks;
    }
    auto hold = Hold::neither;
    auto sign = co_await look_at_interface(subject, Interface::sign, paths, hold);
    checks.push_back(std::move(sign));
    auto management = co_await look_at_interface(subject, Interface::management, paths, hold);
    checks.push_back(std::move(management));
    if (hold == Hold::held)
        cannot_look(checks, "another program holds the management interface", 2);
    else
        co_await question(*link, options, checks);
    co_return checks;
}

void add(Checks& all, Checks more, const std::string& device = {}) {
    for (auto& check : more) {
        check.device = device;
        all.push_back(std::move(check));
    }
}

awaitable<void> look_at_usb(const Options& options, const Tools& tools, Checks& checks) {
    const auto executor = co_await asio::this_coro::executor;
    auto selection = usb_selection(options);
    const auto devices = usb_devices(selection, tools.paths.usb);
    checks.push_back(check_usb(tools.paths));
    checks.push_back(check_cable(devices, selection, tools.paths));
    checks.push_back(check_rule(selection, tools.paths));
    checks.push_back(check_group(tools.membership));
    if (devices.empty()) {
        checks.push_back(unknown("permission", "there is no device"));
        checks.push_back(unknown("readiness", "there is no device"));
        cannot_look(checks, "there is no device");
        co_return;
    }
    std::shared_ptr<UsbBus> bus;
    try {
        bus = tools.usb(executor);
    } catch (const std::runtime_error& failed) {
        checks.push_back(unknown("permission", failed.what()));
        checks.push_back(unknown("readiness", "USB is unavailable"));
        cannot_look(checks, "USB is unavailable");
        co_return;
    }
    for (const auto& device : devices) {
        selection.port = device.port;
        Subject subject;
        subject.node = device.node;
        subject.link = [&](Interface interface) {
            return std::make_unique<UsbLink>(bus, selection, interface, tools.paths.usb);
        };
        const auto name = devices.size() == 1 ? "" : device.serial.empty() ? device.port : device.serial;
        Checks permission{check_permission(device)};
        add(checks, std::move(permission), name);
        auto found = co_await look_at_device(subject, options, tools.paths);
        add(checks, std::move(found), name);
    }
}

awaitable<void> look_at_programs(std::filesystem::path run_directory, Checks& checks) {
    for (const std::string program : {"registrar", "gadget", "liveness"}) {
        const auto told = co_await ask_program(run_directory, program);
        checks.push_back(check_program(program, told));
    }
}

awaitable<void> look_at_loopback(const Options& options, const Tools& tools, Checks& checks) {
    const auto executor = co_await asio::this_coro::executor;
    Subject subject;
    subject.link = [&](Interface interface) { return open_link(executor, options, interface); };
    std::unique_ptr<Link> cable;
    try {
        cable = subject.link(Interface::management);  // keeps the device plugged in until the programs are checked
    } catch (const Error&) {
        checks.push_back(problem("readiness", "there is no run directory '" + options.text("run-dir") + "'",
                                 "start the device's programs, or set the directory with --run-dir"));
        cannot_look(checks, "there is no device");
    }
    if (cable) {
        co_await cable->probe();
        auto found = co_await look_at_device(subject, options, tools.paths);
        add(checks, std::move(found));
    }
    co_await look_at_programs(options.text("run-dir"), checks);
}

}  // namespace

awaitable<Checks> examine(const Options& options, Tools tools) {
    Checks checks;
    if (on_loopback(options)) {
        co_await look_at_loopback(options, tools, checks);
    } else {
        co_await look_at_usb(options, tools, checks);
        const bool device = is_device(tools.run_directory, tools.paths);
        add(checks, check_controllers(device, tools.paths));
        if (device)
            co_await look_at_programs(tools.run_directory, checks);
    }
    checks.push_back(tools.clock);
    co_return checks;
}

}  // namespace revenant::host::doctor
