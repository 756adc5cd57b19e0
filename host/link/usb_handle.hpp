#pragma once

#include <memory>

#include "common/core/fd.hpp"
#include "host/link/usb_backend.hpp"

struct libusb_device_handle;

namespace revenant::host {

/// What a return value of libusb means.
UsbResult result_of(int returned);

/// Takes over an open device of libusb's and the node that it was opened by.
std::unique_ptr<UsbHandle> make_usb_handle(UniqueFd node, libusb_device_handle* handle);

}  // namespace revenant::host
