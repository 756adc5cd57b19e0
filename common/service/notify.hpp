#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "common/core/fd.hpp"

/// Service manager protocol (sd_notify(3), sd_listen_fds(3), sd_watchdog_enabled(3)). No effect without a manager.
namespace revenant::service {

void ready(const std::string& status);
void status(const std::string& text);
void stopping();
/// Announces a reload, which lasts until the next ready().
void reloading();

/// The manager's watchdog interval; nothing if the watchdog is off.
std::optional<std::chrono::microseconds> watchdog_interval();
void ping_watchdog();

/// Whether the process runs under a service manager.
bool managed();
/// Whether standard error is the journal: $JOURNAL_STREAM names it (systemd.exec(5)). A shell that inherited the
/// variable has a terminal there.
bool logs_to_journal();

/// A descriptor that the manager kept across a restart of this process.
struct StoredFd {
    std::string name;
    UniqueFd fd;
};
/// Returns all stored descriptors. Call once, before other descriptors are opened.
std::vector<StoredFd> take_stored();
/// Asks the manager to keep a duplicate of `fd` under `name`. Returns false without a manager.
bool store(const std::string& name, int fd);
/// Asks the manager to close the descriptor stored under `name`.
void forget(const std::string& name);

}  // namespace revenant::service
