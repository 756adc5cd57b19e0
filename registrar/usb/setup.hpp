#pragma once

#include "registrar/usb/kernel.hpp"
#include "registrar/usb/settings.hpp"

namespace revenant::registrar {

/// Makes the gadget in configfs and mounts FunctionFS for the gadget's user, so that `run` needs no privilege. What is
/// right already is left alone, a bound controller with it; leftovers are mended; other functions and other gadgets are
/// not touched. While a process has ep0 open nothing is changed. Throws std::runtime_error with a sentence for a
/// person.
void set_up_usb(const UsbSettings& settings, Kernel& kernel);

/// Takes the device off the bus and undoes set_up_usb(), but not what others made. Again: no effect. Throws
/// std::runtime_error with a sentence for a person.
void tear_down_usb(const UsbSettings& settings, Kernel& kernel);

}  // namespace revenant::registrar
