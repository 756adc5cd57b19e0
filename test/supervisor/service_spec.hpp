#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

namespace revenant::supervisor {

/// Configuration of one service.
struct ServiceSpec {
    std::string name;                       ///< letters, digits, '-' and '_'
    std::vector<std::string> argv;          ///< argv[0] is a path
    std::vector<std::string> environment;   ///< NAME=value
    std::chrono::milliseconds watchdog{0};  ///< watchdog interval; 0: no watchdog
    std::chrono::milliseconds restart_delay{100};
    std::chrono::milliseconds stop_grace{5000};  ///< from SIGTERM to SIGKILL
    bool autostart = true;
};

/// Parses services, in start order, from text of this form ('#' begins a comment line):
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

/// The same from a file; errors also name the file.
std::vector<ServiceSpec> load_services(const std::filesystem::path& file);

}  // namespace revenant::supervisor
