#pragma once

#include <functional>

#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/beast/core/flat_buffer.hpp>

#include "host/serve/service.hpp"

namespace revenant::host::serve {

/// One client of the server: over TCP or over a unix socket. It has no timer: whoever keeps it drops it at its
/// deadline.
class Connection {
public:
    using Socket = asio::generic::stream_protocol::socket;
    using Clock = std::chrono::steady_clock;
    /// Called with each new deadline.
    using Hurry = std::function<void(Clock::time_point)>;

    /// `client`: where it comes from, for the audit log.
    Connection(Socket socket, std::string client, Service& service, const Limits& limits, Hurry hurry);

    /// Answers one request after the other until the client has no more, or it is dropped. Throws operation_aborted.
    awaitable<void> run();

    /// When it is to be dropped; the end of time while an answer is being made.
    [[nodiscard]] Clock::time_point deadline() const { return deadline_; }
    /// An answer is being made.
    [[nodiscard]] bool at_work() const { return at_work_; }
    /// Since when the client is waited for.
    [[nodiscard]] Clock::time_point waits_since() const { return waits_since_; }
    [[nodiscard]] bool dropped() const { return !socket_.is_open(); }
    /// Ends it now if it waits for a request, else after the answer that it works on.
    void finish();
    /// Ends it now.
    void drop();

private:
    enum class Next : std::uint8_t { request, nothing, lingering_close };
    struct Parser;
    awaitable<bool> heard();
    awaitable<error_code> read(Parser& parser);
    awaitable<error_code> receive();
    awaitable<error_code> tell_to_go_on_if_asked(Parser& parser);
    awaitable<Next> exchange();
    awaitable<Next> send(Reply reply, unsigned version, bool keep_alive);
    awaitable<void> lingering_close();
    void wait_at_most(std::chrono::milliseconds limit);

    Socket socket_;
    std::string client_;
    boost::beast::flat_buffer buffer_{max_buffer};
    Service& service_;
    const Limits& limits_;
    Hurry hurry_;
    Clock::time_point deadline_ = Clock::time_point::max(), waits_since_ = Clock::now();
    bool idle_ = true, at_work_ = false, finishing_ = false;

    static constexpr std::size_t max_buffer = 128 * 1024;
};

}  // namespace revenant::host::serve
