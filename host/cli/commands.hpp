#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "common/async/asio.hpp"
#include "common/core/secret.hpp"
#include "common/service/options.hpp"
#include "host/channel/device.hpp"
#include "host/cli/progress.hpp"
#include "host/cli/report.hpp"

namespace revenant::host {

/// One call of a command.
struct Call {
    const Options& options;
    std::vector<std::string> operands{};
    bool interactive = false;  ///< a user is at the terminal and can be asked for missing operands
    Progress progress{};

    /// Sends a request to the device; shows `what` ("locking 2 keys") on the terminal if it takes long.
    template <typename Expected>
    awaitable<Expected> ask(Device& device, Request request, std::string what) const {
        auto asking = device.ask<Expected>(std::move(request));
        co_return co_await progress.during(std::move(what), std::move(asking));
    }

    /// Reads the passphrase, from a prompt if necessary. It may block: call it before the first request to the device,
    /// while nothing else runs on the loop.
    [[nodiscard]] Secret passphrase(bool twice = false) const;
};

/// A command of `revenant`: its declaration and its function.
struct Command {
    CommandDeclaration declared;
    std::size_t min_operands = 0, max_operands = 0;
    Interface interface = Interface::management;
    awaitable<Report> (*run)(const Call& call, Device& device);
    bool chooses_keys = false;  ///< on a terminal the key may be missing: a prompt asks for it
};

constexpr std::size_t any_number = 64;

/// All commands, in the order of --help.
std::vector<Command> commands();

awaitable<Report> list_devices(const Call& call, Device& device);
awaitable<Report> doctor_visit(const Call& call, Device& device);
awaitable<Report> reset_bus(const Call& call, Device& device);
awaitable<Report> init_device(const Call& call, Device& device);
awaitable<Report> new_keys(const Call& call, Device& device);
awaitable<Report> list_keys(const Call& call, Device& device);
awaitable<Report> show_status(const Call& call, Device& device);
awaitable<Report> unlock_keys(const Call& call, Device& device);
awaitable<Report> lock_keys(const Call& call, Device& device);
awaitable<Report> delete_keys(const Call& call, Device& device);
awaitable<Report> show_logs(const Call& call, Device& device);
awaitable<Report> show_version(const Call& call, Device& device);
awaitable<Report> set_level(const Call& call, Device& device);
awaitable<Report> sign(const Call& call, Device& device);
awaitable<Report> bench(const Call& call, Device& device);
awaitable<Report> serve_signatures(const Call& call, Device& device);

/// The state of the device, shown after an unknown outcome.
awaitable<Report> state_of(Device& device);

}  // namespace revenant::host
