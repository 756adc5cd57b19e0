#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

namespace revenant::supervisor {

/// One service as its configuration describes it.
struct ServiceSpec {
    std::string name;                       ///< letters, digits, '-' and '_'
    std::vector<std::string> argv;          ///< argv[0] is a path
    std::vector<std::string> environment;   ///< NAME=value
    std::chrono::milliseconds watchdog{0};  ///< longest silence of a running service; 0: no watchdog
    std::chrono::milliseconds restart_delay{100};
    std::chrono::milliseconds stop_grace{5000};  ///< from SIGTERM to SIGKILL
    bool autostart = true;
};

/// Reads services, in the order in which they start, from a text of this form ('#' begins a comment line):
///
///     [gadget]
///     run = /usr/bin/revenant-gadget --run-dir "/tmp/a b"
///     environment = NAME=value     (may be repeated)
///     watchdog_ms = 15000
///     restart_delay_ms = 100
///     stop_grace_ms = 5000
///     autostart = no
///
/// Throws std::invalid_argument naming the line.
std::vector<ServiceSpec> parse_services(const std::string& text);

/// The same from a file; a fault names the file too.
std::vector<ServiceSpec> load_services(const std::filesystem::path& file);

}  // namespace revenant::supervisor
