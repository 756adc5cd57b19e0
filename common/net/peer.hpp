#pragma once

#include <sys/types.h>

#include "common/async/asio.hpp"

namespace revenant {

/// Credentials of the peer of a unix socket (SO_PEERCRED), as of its connect(), or of the server's listen().
struct Peer {
    pid_t pid = 0;
    uid_t uid = 0;
    gid_t gid = 0;
};

/// Throws std::system_error if getsockopt() fails.
Peer peer_of(stream_protocol::socket& socket);

/// Whether the peer is root, this process's user, or a member of `group` (primary or supplementary).
bool may_enter(stream_protocol::socket& socket, gid_t group);

}  // namespace revenant
