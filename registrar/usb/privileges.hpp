#pragma once

#include "registrar/usb/users.hpp"

namespace revenant::registrar {

/// Becomes `user` for good, a member of its groups and, of those, of `groups` that this process may join; gives up
/// every capability and the ways to get one back. To be called before any thread is started. Throws std::system_error.
void drop_privileges(const User& user, const std::vector<gid_t>& groups);

}  // namespace revenant::registrar
