#pragma once

#include "common/service/options.hpp"

namespace revenant::registrar {

Options registrar_options();

/// Declares the options of the usb bus; called by registrar_options().
void add_usb_settings(Options& options);

}  // namespace revenant::registrar
