#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>

#include "monitor/web/service.hpp"
#include "monitor/web/viewer.hpp"

namespace revenant::monitor {

/// How long a client may take, and how many there may be; other values are for tests.
struct WebLimits {
    std::size_t requests = 128;                 ///< connections beyond those that streams may have
    std::chrono::milliseconds idle{15'000};     ///< between two requests on one connection
    std::chrono::milliseconds request{5'000};   ///< from a request's first byte to its last
    std::chrono::milliseconds reply{5'000};     ///< for taking the answer
    std::chrono::milliseconds stopping{2'000};  ///< for everyone, when the program is asked to end
    StreamLimits streams{};
    StreamPace pace{};
};

/// One client. It may become a viewer of the event stream, and then is one to its end. One thread.
class Connection {
public:
    using Stream = boost::beast::basic_stream<asio::ip::tcp>;

    Connection(asio::ip::tcp::socket socket, Service& service, Hub& hub, const WebLimits& limits);

    /// Answers one request after the other until the client has no more, or takes too long. Throws operation_aborted.
    awaitable<void> run();

    [[nodiscard]] bool idle() const { return idle_; }
    [[nodiscard]] bool streaming() const { return viewer_.has_value(); }
    /// Ends it now if it is idle, else after the answer that it works on, or after a stream's farewell.
    void finish();

private:
    enum class Next : std::uint8_t { request, nothing, stream };
    awaitable<bool> read_more();
    awaitable<Next> exchange();
    awaitable<bool> send(Reply reply, bool head, unsigned version, bool keep_alive);

    Stream stream_;
    boost::beast::flat_buffer buffer_{max_buffer};
    Service& service_;
    Hub& hub_;
    const WebLimits& limits_;
    std::string peer_, address_;
    std::optional<Viewer> viewer_;
    bool idle_ = true, finishing_ = false;

    static constexpr std::size_t max_buffer = 16 * 1024;
};

}  // namespace revenant::monitor
