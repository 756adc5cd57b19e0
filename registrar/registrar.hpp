#pragma once

#include <filesystem>

#include <sys/types.h>

#include "common/async/asio.hpp"
#include "registrar/usb/usb_bus.hpp"

namespace revenant::registrar {

/// Runs the program on the loopback bus until cancelled: serves bus.sock, enabled.sock and status.sock in
/// `run_dir`/registrar. `gadget`: the user that may request a rebind. Throws std::runtime_error with a user-readable
/// message, also if another instance is running.
awaitable<void> run_loopback_registrar(std::filesystem::path run_dir, uid_t gadget);

/// The same on a real USB bus, without bus.sock. The gadget stays bound afterwards: while another process holds its
/// endpoints, the device stays enumerated and the next registrar adopts it. Only `teardown` removes it from the bus.
awaitable<void> run_usb_registrar(std::filesystem::path run_dir, uid_t gadget, UsbParts parts);

}  // namespace revenant::registrar
