#pragma once

#include <filesystem>
#include <memory>

#include "registrar/ep0/ep0.hpp"
#include "registrar/usb/binding.hpp"
#include "registrar/usb/udc.hpp"

namespace revenant::registrar {

/// Resources of a registrar on a real bus. They are opened before privileges are dropped.
struct UsbParts {
    std::unique_ptr<Ep0File> ep0{};
    std::unique_ptr<Udc> udc{};
    std::filesystem::path udc_attribute{};  ///< to watch with inotify; empty: no watch
    Ep0Limits limits{};
    BindingPace pace{};
};

/// Opens what `setup` created. Throws std::runtime_error with a user-readable message, also if another registrar is
/// running, which is not disturbed.
UsbParts open_usb(const UsbSettings& settings);

}  // namespace revenant::registrar
