#pragma once

#include "registrar/usb/users.hpp"

namespace revenant::registrar {

/// Switches to `user` irrevocably, with its groups and those of `groups` that this process may join. Drops all
/// capabilities and prevents regaining any. Call before any thread starts. Throws std::system_error or
/// std::runtime_error.
void drop_privileges(const User& user, const std::vector<gid_t>& groups);

}  // namespace revenant::registrar
