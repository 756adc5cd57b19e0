#pragma once

#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>

#include "host/serve/service.hpp"

namespace revenant::host::serve {

/// One client of the server: over TCP or over a unix socket.
class Connection {
public:
    using Stream = boost::beast::basic_stream<asio::generic::stream_protocol>;
    using Socket = Stream::socket_type;

    /// `client`: where it comes from, for the audit log.
    Connection(Socket socket, std::string client, Service& service, const Limits& limits)
        : stream_{std::move(socket)}, client_{std::move(client)}, service_{service}, limits_{limits} {}

    /// Answers one request after the other until the client has no more, or takes too long. Throws operation_aborted.
    awaitable<void> run();

    /// It waits for a request.
    [[nodiscard]] bool idle() const { return idle_; }
    /// Ends it now if it is idle, else after the answer that it works on.
    void finish();

private:
    enum class Next : std::uint8_t { request, nothing, farewell };
    awaitable<bool> heard();
    awaitable<Next> exchange();
    awaitable<Next> send(Reply reply, unsigned version, bool keep_alive);
    awaitable<void> farewell();

    Stream stream_;
    std::string client_;
    boost::beast::flat_buffer buffer_{max_buffer};
    Service& service_;
    const Limits& limits_;
    bool idle_ = true, finishing_ = false;

    static constexpr std::size_t max_buffer = 128 * 1024;
};

}  // namespace revenant::host::serve
