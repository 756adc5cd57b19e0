#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/async/asio.hpp"
#include "common/core/secret.hpp"
#include "common/service/options.hpp"
#include "host/channel/device.hpp"
#include "host/cli/progress.hpp"
#include "host/cli/report.hpp"

namespace revenant::host {

/// One call of a verb.
struct Call {
    const Options& options;
    std::vector<std::string> operands{};
    bool interactive = false;  ///< one is at the terminal, and may be asked what is missing
    Progress progress{};

    /// Sends a request to the device; shows `what` ("locking 2 keys") on the terminal if it takes long.
    template <typename Expected>
    awaitable<Expected> ask(Device& device, Request request, std::string what) const {
        auto asking = device.ask<Expected>(std::move(request));
        co_return co_await progress.during(std::move(what), std::move(asking));
    }

    /// The passphrase, asked for if need be. It may block: call it before the first question to the device, when
    /// nothing else is on the loop.
    [[nodiscard]] Secret passphrase(bool twice = false) const;
};

/// What a person can type after `revenant`.
struct Verb {
    std::string_view name;
    std::string_view operands;  ///< as in a synopsis
    std::string_view about;
    std::size_t least, most;                    ///< operands
    std::span<const std::string_view> options;  ///< its own; those of all verbs are not listed
    Interface interface;
    awaitable<Report> (*run)(const Call& call, Device& device);
    bool chooses_keys = false;  ///< its key may be left out where a person can be asked for it
};

constexpr std::size_t any_number = 64;

/// All verbs.
std::span<const Verb> verbs();

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

/// The state of the device, for a person who must find out whether something was done.
awaitable<Report> state_of(Device& device);

}  // namespace revenant::host
