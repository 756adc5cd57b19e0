#pragma once

#include "common/service/options.hpp"

namespace revenant::registrar {

Options registrar_options();

/// Declares the settings of the usb bus: a part of registrar_options().
void add_usb_settings(Options& options);

}  // namespace revenant::registrar
