#pragma once

#include <filesystem>
#include <memory>

#include "registrar/ep0/ep0.hpp"
#include "registrar/usb/binding.hpp"
#include "registrar/usb/udc.hpp"

namespace revenant::registrar {

/// What a registrar on a real bus holds for as long as it lives; opened before privileges are dropped.
struct UsbParts {
    std::unique_ptr<Ep0File> ep0{};
    std::unique_ptr<Udc> udc{};
    std::filesystem::path udc_attribute{};  ///< to be watched by inotify; empty: not at all
    Ep0Limits limits{};
    BindingPace pace{};
};

/// Opens what `setup` made. Throws std::runtime_error with a sentence for a person, also when another registrar lives
/// there, which then is not disturbed.
UsbParts open_usb(const UsbSettings& settings);

}  // namespace revenant::registrar
