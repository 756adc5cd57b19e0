#include "common/net/peer.hpp"

#include <algorithm>
#include <cerrno>
#include <vector>

#include <sys/socket.h>
#include <unistd.h>

#include "common/core/fd.hpp"

#ifndef SO_PEERGROUPS
#define SO_PEERGROUPS 59
#endif

namespace revenant {
namespace {

std::vector<gid_t> supplementary_groups(int socket) {
    std::vector<gid_t> groups(32);
    auto size = static_cast<socklen_t>(groups.size() * sizeof(gid_t));
    int failed = ::getsockopt(socket, SOL_SOCKET, SO_PEERGROUPS, groups.data(), &size);
    if (failed != 0 && errno == ERANGE) {  // `size` is now the required size
        groups.resize(size / sizeof(gid_t));
        failed = ::getsockopt(socket, SOL_SOCKET, SO_PEERGROUPS, groups.data(), &size);
    }
    groups.resize(failed == 0 ? size / sizeof(gid_t) : 0);
    return groups;
}

}  // namespace

Peer peer_of(stream_protocol::socket& socket) {
    ucred credentials{};
    socklen_t size = sizeof credentials;
    checked(::getsockopt(socket.native_handle(), SOL_SOCKET, SO_PEERCRED, &credentials, &size), "ask for the peer");
    return {credentials.pid, credentials.uid, credentials.gid};
}

bool may_enter(stream_protocol::socket& socket, gid_t group) {
    const auto peer = peer_of(socket);
    if (peer.uid == 0 || peer.uid == ::geteuid() || peer.gid == group)
        return true;
    const auto groups = supplementary_groups(socket.native_handle());
    return std::find(groups.begin(), groups.end(), group) != groups.end();
}

}  // namespace revenant
