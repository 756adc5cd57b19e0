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

/// Bytes and callbacks of an announcement's connections.
struct AnnouncementHooks {
    std::optional<char> greeting{};               ///< sent to each connection on accept
    std::function<void(uid_t, char)> heard{};     ///< a byte was received from that user; unset: ignored
    std::function<void()> connections_changed{};  ///< called when a connection opens or closes
};

/// A socket that exists and accepts only while a condition holds. Connections, 16 at most, are held open and closed
/// when the condition ends. A peer that does not read what it is sent is dropped. Single-threaded.
class Announcement {
public:
    static constexpr std::size_t max_connections = 16;

    /// The coroutines run in `tasks`, which must be joined before this object is destroyed. Does not raise it.
    Announcement(TaskGroup& tasks, const asio::any_io_executor& executor, std::filesystem::path path,
                 const SocketAccess& access, AnnouncementHooks hooks);
    Announcement(const Announcement&) = delete;
    Announcement& operator=(const Announcement&) = delete;
    ~Announcement();

    /// Creates the socket. Throws std::runtime_error with a user-readable message. No effect if already raised.
    void raise();
    /// Removes the file, closes the listener, then the connections. No effect if not raised.
    void lower();
    /// Sends one byte to every connection.
    void send(char byte);

    [[nodiscard]] bool raised() const { return raised_; }
    /// Whether this user has an open connection.
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
    // The last element of each list is the current one. Closed elements stay until their coroutines end.
    Listeners listeners_;
    Connections connections_;
};

}  // namespace revenant
