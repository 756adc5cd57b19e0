#include "common/net/announcement.hpp"

#include <algorithm>
#include <array>

#include <boost/asio/buffer.hpp>

#include "common/net/peer.hpp"

namespace revenant {

Announcement::Announcement(TaskGroup& tasks, const asio::any_io_executor& executor, std::filesystem::path path,
                           const SocketAccess& access, AnnouncementHooks hooks)
    : tasks_{tasks}, executor_{executor}, path_{std::move(path)}, access_{access}, hooks_{std::move(hooks)} {}

Announcement::~Announcement() {
    lower();
}

void Announcement::raise() {
    if (raised_)
        return;
    listeners_.emplace_back(executor_, path_, access_);
    raised_ = true;
    tasks_.spawn(accept(std::prev(listeners_.end())));
}

void Announcement::lower() {
    if (!raised_)
        return;
    raised_ = false;
    for (auto& listener : listeners_)
        listener.close();
    error_code ignored;
    for (auto& connection : connections_)
        connection.socket.close(ignored);
}

void Announcement::send(char byte) {
    for (auto& connection : connections_)
        write(connection, byte);
}

bool Announcement::holds_connection_of(uid_t user) const {
    return std::any_of(connections_.begin(), connections_.end(), [user](const Connection& connection) {
        return connection.user == user && connection.socket.is_open();
    });
}

awaitable<void> Announcement::accept(Listeners::iterator listener) {
    try {
        for (;;)
            admit(co_await listener->accept());
    } catch (const system_error&) {
        listeners_.erase(listener);  // lowered, or cancelled
    }
}

void Announcement::admit(stream_protocol::socket peer) {
    if (!raised_ || connections_.size() >= max_connections)
        return;
    const auto user = peer_of(peer).uid;
    error_code failed;
    peer.non_blocking(true, failed);
    if (failed)
        return;
    connections_.push_back({std::move(peer), user});
    const auto connection = std::prev(connections_.end());
    if (hooks_.greeting)
        write(*connection, *hooks_.greeting);
    tasks_.spawn(hold(connection));
    if (hooks_.connections_changed)
        hooks_.connections_changed();
}

/// Reads until either side closes the connection.
awaitable<void> Announcement::hold(Connections::iterator connection) {
    std::array<char, 64> bytes;
    for (;;) {
        const auto [failed, size] =
            co_await connection->socket.async_read_some(asio::buffer(bytes), as_tuple(use_awaitable));
        if (failed)
            break;
        for (std::size_t at = 0; hooks_.heard && at < size && connection->socket.is_open(); ++at)
            hooks_.heard(connection->user, bytes[at]);
    }
    connections_.erase(connection);
    if (hooks_.connections_changed)
        hooks_.connections_changed();
}

/// A full socket buffer means that the peer does not read. It is closed so that it cannot block the loop.
void Announcement::write(Connection& connection, char byte) {
    error_code failed;
    connection.socket.write_some(asio::buffer(&byte, 1), failed);
    if (failed)
        connection.socket.close(failed);
}

}  // namespace revenant
