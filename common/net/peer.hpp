#pragma once

#include <sys/types.h>

#include "common/async/asio.hpp"

namespace revenant {

/// Who is at the other end of a unix socket (SO_PEERCRED): as of its connect(), or of the server's listen().
struct Peer {
    pid_t pid = 0;
    uid_t uid = 0;
    gid_t gid = 0;
};

/// Throws std::system_error if the kernel does not tell.
Peer peer_of(stream_protocol::socket& socket);

/// Whether the peer is root, of our own user, or a member of `group` (its primary or a supplementary one).
bool may_enter(stream_protocol::socket& socket, gid_t group);

}  // namespace revenant
