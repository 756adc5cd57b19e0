#pragma once

#include <filesystem>

#include <sys/types.h>

#include "common/async/asio.hpp"
#include "registrar/usb/usb_bus.hpp"

namespace revenant::registrar {

/// The whole program on the loopback bus, below its options: serves bus.sock, enabled.sock and status.sock in
/// `run_dir`/registrar until cancelled. `gadget`: the user whose wishes for a new binding count. Throws
/// std::runtime_error with a sentence for a person, also when another instance lives there.
awaitable<void> run_loopback_registrar(std::filesystem::path run_dir, uid_t gadget);

/// The same on a real bus, without bus.sock. At its end the gadget stays bound: while another process holds its
/// endpoints the device stays enumerated, and the next registrar adopts it. Only `teardown` takes it off the bus.
awaitable<void> run_usb_registrar(std::filesystem::path run_dir, uid_t gadget, UsbParts parts);

}  // namespace revenant::registrar
