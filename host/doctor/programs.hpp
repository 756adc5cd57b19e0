#pragma once

#include <filesystem>
#include <string>

#include "common/async/asio.hpp"
#include "host/doctor/check.hpp"
#include "host/doctor/system_paths.hpp"

/// Checks for the case that this machine is the device itself: its controller and its programs.
namespace revenant::host::doctor {

/// Whether the device's programs run or are installed on this machine. `run_directory`: the directory of their sockets.
bool is_device(const std::filesystem::path& run_directory, const SystemPaths& paths);

/// Checks each USB device controller of this machine. Having none is a problem only on a device.
Checks check_controllers(bool device, const SystemPaths& paths);

/// The result of reading a program's status socket.
struct Told {
    enum class How : std::uint8_t { absent, refused, forbidden, failed, silent, state };
    How how = How::absent;
    std::string text{};  ///< the state, or the error message for `failed`
};
/// Connects and reads one line; at most 1 s.
awaitable<Told> ask_program(std::filesystem::path run_directory, std::string program);
/// `program`: "gadget".
Check check_program(const std::string& program, const Told& told);

}  // namespace revenant::host::doctor
