#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "common/core/fd.hpp"

/// What a service tells its manager and gets from it (sd_notify(3), sd_listen_fds(3), sd_watchdog_enabled(3)). Without
/// a manager every call does nothing.
namespace revenant::service {

void ready(const std::string& status);
void status(const std::string& text);
void stopping();
/// The configuration is read again from here until the next ready().
void reloading();

/// How often the manager wants to be told that we live, in the first place; nothing if it does not.
std::optional<std::chrono::microseconds> watchdog_interval();
void ping_watchdog();

/// Whether a manager listens at all.
bool managed();

/// A descriptor that the manager kept for us across our last death.
struct StoredFd {
    std::string name;
    UniqueFd fd;
};
/// Takes all of them; call once, before anything else opens descriptors.
std::vector<StoredFd> take_stored();
/// Asks the manager to keep a duplicate of `fd` under `name`; false if nobody does.
bool store(const std::string& name, int fd);
/// Asks it to close what it keeps under `name`.
void forget(const std::string& name);

}  // namespace revenant::service
