#pragma once

#include <filesystem>
#include <string>

#include "common/async/asio.hpp"
#include "host/doctor/check.hpp"
#include "host/doctor/system_paths.hpp"

/// Where this machine is the device itself: its controller and its programs.
namespace revenant::host::doctor {

/// Whether the device's programs run here, or are installed. `run_directory`: of their sockets.
bool is_device(const std::filesystem::path& run_directory, const SystemPaths& paths);

/// Each USB device controller of this machine; without any, only a device has something to say.
Checks check_controllers(bool device, const SystemPaths& paths);

/// What a program's status socket told.
struct Told {
    enum class How : std::uint8_t { absent, refused, forbidden, failed, silent, state };
    How how = How::absent;
    std::string text{};  ///< the state, or the system's words for `failed`
};
/// Connects, and reads one line, for a second at most.
awaitable<Told> ask_program(std::filesystem::path run_directory, std::string program);
/// `program`: "gadget".
Check check_program(const std::string& program, const Told& told);

}  // namespace revenant::host::doctor
