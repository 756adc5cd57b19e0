#pragma once

#include "registrar/usb/kernel.hpp"
#include "registrar/usb/settings.hpp"

namespace revenant::registrar {

/// Creates the gadget in configfs and mounts FunctionFS for the gadget's user, so that `run` needs no privileges. Keeps
/// what is already correct, including a bound controller; repairs leftovers; does not touch other functions and
/// gadgets. Changes nothing while a process has ep0 open. Throws std::runtime_error with a user-readable message.
void set_up_usb(const UsbSettings& settings, Kernel& kernel);

/// Removes the device from the bus and undoes set_up_usb(), except for what other programs created. Idempotent. Throws
/// std::runtime_error with a user-readable message.
void tear_down_usb(const UsbSettings& settings, Kernel& kernel);

}  // namespace revenant::registrar
