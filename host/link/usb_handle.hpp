#pragma once

#include <memory>

#include "common/core/fd.hpp"
#include "host/link/usb_backend.hpp"

struct libusb_device_handle;

namespace revenant::host {

/// Translates a return value of libusb.
UsbResult result_of(int returned);

/// Takes ownership of an open libusb device and of the descriptor of its node.
std::unique_ptr<UsbHandle> make_usb_handle(UniqueFd node, libusb_device_handle* handle);

}  // namespace revenant::host
