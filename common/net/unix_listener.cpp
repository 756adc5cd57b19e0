#include "common/net/unix_listener.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <stdexcept>

#include <fmt/format.h>
#include <grp.h>
#include <sys/un.h>
#include <unistd.h>

#include "common/async/backoff.hpp"
#include "common/async/within.hpp"
#include "common/net/peer.hpp"

namespace revenant {
namespace {

namespace fs = std::filesystem;

/// Throws if a process listens at `path`, naming it.
void refuse_living_owner(const asio::any_io_executor& executor, const fs::path& path, const char* setting) {
    stream_protocol::socket probe{executor, stream_protocol{}};
    probe.non_blocking(true);  // a full backlog gives would_block: a process listens there, but the call must not block
    error_code answer;
    probe.connect(path.string(), answer);
    if (answer == asio::error::connection_refused || answer == boost::system::errc::no_such_file_or_directory)
        return;
    if (!answer)
        probe.remote_endpoint(answer);  // Asio treats would_block as a connection in progress, and that as success
    const auto owner = answer ? std::string{"another process"} : fmt::format("process {}", peer_of(probe).pid);
    throw std::runtime_error{
        fmt::format("cannot listen at '{}': {} already listens there: stop it, or choose another {}", path.string(),
                    owner, setting)};
}

ino_t inode_of(const fs::path& path) {
    struct stat status {};
    return ::lstat(path.c_str(), &status) == 0 ? status.st_ino : 0;
}

}  // namespace

SocketAccess SocketAccess::of_group(const std::string& name) {
    std::array<char, 4096> buffer;
    struct ::group entry {};
    struct ::group* found = nullptr;
    if (::getgrnam_r(name.c_str(), &entry, buffer.data(), buffer.size(), &found) != 0 || found == nullptr)
        return {};
    return {0660, entry.gr_gid};
}

UnixListener::UnixListener(const asio::any_io_executor& executor, fs::path path, const SocketAccess& access,
                           const char* setting)
    : path_{std::move(path)}, access_{access}, acceptor_{executor, stream_protocol{}} {
    const auto temporary = path_.string() + ".new";
    if (temporary.size() >= sizeof(sockaddr_un::sun_path))
        throw std::runtime_error{
            fmt::format("the socket path '{}' is {} bytes long, the maximum is {}: choose a shorter {}", path_.string(),
                        path_.string().size(), sizeof(sockaddr_un::sun_path) - 5, setting)};
    if (fs::exists(fs::symlink_status(path_)) && !fs::is_socket(fs::symlink_status(path_)))
        throw std::runtime_error{
            fmt::format("cannot listen at '{}': the file exists and is not a socket: remove it", path_.string())};
    refuse_living_owner(executor, path_, setting);
    ::unlink(temporary.c_str());
    ::fchmod(acceptor_.native_handle(), 0600);  // before bind, so that the file never has a less restrictive mode
    error_code failed;
    acceptor_.bind(temporary, failed);
    if (failed)
        throw std::runtime_error{fmt::format("cannot bind the socket '{}': {}: {}", path_.string(), failed.message(),
                                             "check the owner, the mode and the free space of its directory")};
    acceptor_.listen();
    if (access_.group != static_cast<gid_t>(-1) &&
        ::chown(temporary.c_str(), static_cast<uid_t>(-1), access_.group) != 0)
        access_ = {};  // not a member of the group: only this process's user may connect
    if (::chmod(temporary.c_str(), access_.mode) != 0 || ::rename(temporary.c_str(), path_.c_str()) != 0) {
        const int error = errno;
        ::unlink(temporary.c_str());
        throw std::runtime_error{fmt::format("cannot rename the socket '{}' into place: {}: {}", path_.string(),
                                             std::strerror(error), "check the owner and the mode of its directory")};
    }
    inode_ = inode_of(path_);
}

UnixListener::~UnixListener() {
    close();
}

void UnixListener::close() {
    if (acceptor_.is_open() && inode_of(path_) == inode_)
        ::unlink(path_.c_str());
    error_code ignored;
    acceptor_.close(ignored);
}

awaitable<stream_protocol::socket> UnixListener::accept() {
    auto backoff = standard_backoff();
    for (;;) {
        auto [failed, peer] = co_await acceptor_.async_accept(as_tuple(use_awaitable));
        if (!failed) {
            if (may_enter(peer, access_.group))
                co_return std::move(peer);
            continue;
        }
        if (!acceptor_.is_open())
            throw system_error{asio::error::operation_aborted};
        co_await sleep_for(backoff.next());  // usually out of descriptors: connections wait in the backlog
    }
}

}  // namespace revenant
