#pragma once

#include <filesystem>
#include <string>

#include <sys/stat.h>

#include "common/async/asio.hpp"

namespace revenant {

/// Who may connect besides this process's user and root.
struct SocketAccess {
    mode_t mode = 0600;
    gid_t group = static_cast<gid_t>(-1);  ///< -1: no group

    /// 0660 for members of the system group `name`; 0600 for this process's user if the group does not exist or this
    /// process may not use it.
    static SocketAccess of_group(const std::string& name);
};

/// A listening unix stream socket whose file is visible only while it accepts, and never with a less restrictive mode
/// than `access`: it is bound under a temporary name, set to listen, given its group and mode, then renamed. A dead
/// process's file is replaced; a live owner is an error that names its pid. Destruction removes the file first (if it
/// is still this listener's), then closes the socket.
class UnixListener {
public:
    /// Throws std::runtime_error with a user-readable message. `setting`: the option to change, for that message.
    UnixListener(const asio::any_io_executor& executor, std::filesystem::path path, const SocketAccess& access,
                 const char* setting = "--run-dir");
    UnixListener(UnixListener&&) noexcept = default;
    UnixListener& operator=(UnixListener&&) = delete;
    ~UnixListener();

    /// Returns the next connection from a peer that `access` admits; others are closed. Throws only operation_aborted,
    /// when cancelled or after close().
    awaitable<stream_protocol::socket> accept();

    /// Removes the file (if it is still this listener's), then stops listening. Idempotent.
    void close();

    [[nodiscard]] const std::filesystem::path& path() const { return path_; }

private:
    std::filesystem::path path_;
    SocketAccess access_;
    stream_protocol::acceptor acceptor_;
    ino_t inode_ = 0;
};

}  // namespace revenant
