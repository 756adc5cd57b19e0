#pragma once

#include <filesystem>
#include <functional>
#include <list>
#include <optional>

#include <sys/types.h>

#include "common/async/asio.hpp"
#include "common/async/task_group.hpp"
#include "common/net/unix_listener.hpp"

namespace revenant {

/// What an announcement says to those who listen, and hears from them.
struct AnnouncementHooks {
    std::optional<char> greeting{};               ///< sent to each connection as it is accepted
    std::function<void(uid_t, char)> heard{};     ///< a byte from a connection of that user; unset: ignored
    std::function<void()> connections_changed{};  ///< one came or went
};

/// A socket that exists and accepts exactly while something is true. Connections are held open, 16 at most, and closed
/// when it is true no more. One that does not take what it is sent is dropped. One thread.
class Announcement {
public:
    static constexpr std::size_t max_connections = 16;

    /// Its coroutines run in `tasks`, which must be joined before this is destroyed. Does not raise it.
    Announcement(TaskGroup& tasks, const asio::any_io_executor& executor, std::filesystem::path path,
                 const SocketAccess& access, AnnouncementHooks hooks);
    Announcement(const Announcement&) = delete;
    Announcement& operator=(const Announcement&) = delete;
    ~Announcement();

    /// Makes the socket. Throws std::runtime_error with a sentence for a person. Already raised: no effect.
    void raise();
    /// Removes the file, closes the listener and then the connections. Not raised: no effect.
    void lower();
    /// One byte to every connection.
    void send(char byte);

    [[nodiscard]] bool raised() const { return raised_; }
    /// Whether a connection of this user stands.
    [[nodiscard]] bool holds_connection_of(uid_t user) const;
    [[nodiscard]] const std::filesystem::path& path() const { return path_; }

private:
    struct Connection {
        stream_protocol::socket socket;
        uid_t user;
    };
    using Listeners = std::list<UnixListener>;
    using Connections = std::list<Connection>;

    awaitable<void> accept(Listeners::iterator listener);
    awaitable<void> hold(Connections::iterator connection);
    void admit(stream_protocol::socket peer);
    static void write(Connection& connection, char byte);

    TaskGroup& tasks_;
    asio::any_io_executor executor_;
    std::filesystem::path path_;
    SocketAccess access_;
    AnnouncementHooks hooks_;
    bool raised_ = false;
    // The last of each list is the current one; what is closed stays until its coroutine has noticed.
    Listeners listeners_;
    Connections connections_;
};

}  // namespace revenant
