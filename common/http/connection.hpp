#pragma once

#include <functional>

#include "common/core/clock.hpp"
#include "common/http/request_reader.hpp"

namespace revenant::http {

/// How long a client may take, and how many there may be.
struct Limits {
    std::size_t connections = 1000;  ///< one more takes the place of the one that was idle longest, or is closed
    std::size_t max_body = 0;        ///< bytes; 0: requests have no body
    std::chrono::milliseconds idle{60'000};            ///< between two requests on one connection
    std::chrono::milliseconds request{5'000};          ///< from a request's first byte to its last
    std::chrono::milliseconds reply{5'000};            ///< for taking the response
    std::chrono::milliseconds lingering_close{1'000};  ///< for taking the last response, while its input is skipped
    std::chrono::milliseconds stopping{1'500};         ///< for pending responses when the program ends
};

/// One client, over TCP or a unix socket. It has no timer: its owner drops it at its deadline. One thread.
class Connection {
public:
    /// Called with each new deadline.
    using OnDeadline = std::function<void(Clock::time_point)>;

    /// `client`: Request::client. `server`: the field Server.
    Connection(Socket socket, std::string client, App& app, const Limits& limits, std::string_view server,
               OnDeadline on_deadline);

    /// Answers one request after the other until the client closes, or it is dropped. Throws operation_aborted.
    awaitable<void> run();

    /// When to drop it; the end of time while a response is being made or streamed.
    [[nodiscard]] Clock::time_point deadline() const { return deadline_; }
    /// A response is being made or streamed.
    [[nodiscard]] bool at_work() const { return at_work_; }
    /// The time of the last progress of a connection that is not at work.
    [[nodiscard]] Clock::time_point waits_since() const { return waits_since_; }
    [[nodiscard]] bool dropped() const { return !socket_.is_open(); }
    /// Closes it now if it is idle, else after the pending response.
    void finish();
    /// Closes it now.
    void drop();

private:
    enum class Next : std::uint8_t { request, nothing, lingering_close };
    awaitable<bool> request_begins();
    awaitable<bool> read(RequestReader& reader, std::optional<Rejection>& rejection);
    awaitable<bool> receive();
    awaitable<bool> write(std::string_view header, std::string_view body = {});
    awaitable<Next> exchange();
    awaitable<Next> send(Reply reply, bool head, unsigned version, bool keep_alive);
    awaitable<void> lingering_close();
    void wait_at_most(std::chrono::milliseconds limit);

    Socket socket_;
    std::string client_;
    App& app_;
    const Limits& limits_;
    std::string_view server_;
    OnDeadline on_deadline_;
    boost::beast::flat_buffer buffer_;
    Clock::time_point deadline_ = Clock::time_point::max(), waits_since_ = Clock::now();
    bool idle_ = true, at_work_ = false, finishing_ = false;
};

}  // namespace revenant::http
