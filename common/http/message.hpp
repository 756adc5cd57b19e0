#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/beast/http/fields.hpp>

#include "common/async/asio.hpp"
#include "common/http/status.hpp"
#include "common/http/target.hpp"

namespace revenant::http {

using Socket = asio::generic::stream_protocol::socket;

/// A request that was read completely.
struct Request {
    std::string client{};  ///< the peer: "127.0.0.1:40000", "[::1]:40000" or "unix"
    std::string method{};  ///< "GET" for a HEAD request too: the connection omits the content
    Target target{};
    std::string host{};  ///< of the target, else of Host: "signer.example:80"; empty in HTTP/1.0 without one
    boost::beast::http::fields fields{};
    std::string body{};

    /// The value of a header field, its first if it occurs more than once; empty if it is absent.
    [[nodiscard]] std::string_view field(std::string_view name) const;
    /// The client without its port: all connections of one host have the same.
    [[nodiscard]] std::string_view client_address() const;
};

/// Content without a known end. It has the connection from the end of the response's header on.
class Stream {
public:
    virtual ~Stream() = default;
    /// `chunked`: the content is sent in chunks (RFC 9112, 7.1), else until the connection is closed.
    virtual awaitable<void> run(Socket socket, bool chunked) = 0;
};

/// A response. Date, Server, Content-Length and what concerns the connection are added when it is sent.
struct Reply {
    Status status = Status::ok;
    std::string type = "application/json";  ///< Content-Type
    std::string body{};
    std::vector<std::pair<std::string, std::string>> fields{};
    bool close = false;                ///< close the connection after it
    std::unique_ptr<Stream> stream{};  ///< the content, instead of `body`
};

/// Why a request could not be read. The connection is closed after the response.
struct Rejection {
    Status status;
    std::string sentence;  ///< for a person: cause and remedy
};

/// What answers requests. One thread.
class App {
public:
    virtual ~App() = default;
    /// Throws nothing but operation_aborted, when it is cancelled.
    virtual awaitable<Reply> answer(Request request) = 0;
    virtual Reply reject(const Rejection& rejection) = 0;
};

/// `version` is 10 or 11. Ends with the empty line. RFC 9112, 4 to 6.
std::string header_of(const Reply& reply, std::string_view server, unsigned version, bool keep_alive);

}  // namespace revenant::http
