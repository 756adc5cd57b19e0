#pragma once

#include <filesystem>
#include <string>

#include <sys/stat.h>

#include "common/async/asio.hpp"

namespace revenant {

/// Makes `run_dir`/`program` (mode 0755) if it is not there and checks that it can be used: a directory, ours, not
/// writable by others. Returns it. Throws std::runtime_error with a sentence for a person.
std::filesystem::path prepare_run_directory(const std::filesystem::path& run_dir, const std::string& program);

/// Who besides our own user and root may connect.
struct SocketAccess {
    mode_t mode = 0600;
    gid_t group = static_cast<gid_t>(-1);  ///< -1: no group

    /// 0660 for the members of the system group `name`; 0600, our own user's, where no such group exists or we may not
    /// use it.
    static SocketAccess of_group(const std::string& name);
};

/// A listening unix stream socket whose file is visible only while it accepts, and never with looser bits than
/// `access`: bound under a temporary name, listening, group and mode set, then renamed. A file left behind by a dead
/// process is replaced; a living owner is an error that names its pid. On destruction the file goes first (if it is
/// still ours), then the listener.
class UnixListener {
public:
    /// Throws std::runtime_error with a sentence for a person. `setting` is what they can change.
    UnixListener(const asio::any_io_executor& executor, std::filesystem::path path, const SocketAccess& access,
                 const char* setting = "--run-dir");
    UnixListener(UnixListener&&) noexcept = default;
    UnixListener& operator=(UnixListener&&) = delete;
    ~UnixListener();

    /// The next connection of a peer that `access` admits; others are closed. Throws operation_aborted when cancelled
    /// or after close(), nothing else.
    awaitable<stream_protocol::socket> accept();

    /// Removes the file (if it is still ours), then stops listening. Again: no effect.
    void close();

    [[nodiscard]] const std::filesystem::path& path() const { return path_; }

private:
    std::filesystem::path path_;
    SocketAccess access_;
    stream_protocol::acceptor acceptor_;
    ino_t inode_ = 0;
};

}  // namespace revenant
