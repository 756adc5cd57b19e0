#pragma once

#include <string>
#include <vector>

#include <boost/json/value.hpp>

#include "common/core/fd.hpp"
#include "test/support/basics/wait.hpp"

namespace revenant::test {

/// An HTTP response.
struct HttpAnswer {
    unsigned status = 0;
    std::string header{};  ///< status line and header fields
    std::string body{};
    /// The body as JSON. Throws if it is invalid.
    [[nodiscard]] boost::json::value json() const;
    /// The message of an Octez error; throws if the body is not one.
    [[nodiscard]] std::string message() const;
};

/// One HTTP/1.1 connection over a port of 127.0.0.1 or a given socket. Calls block for at most `patience`. One thread.
class HttpClient {
public:
    static constexpr milliseconds patience{10'000};

    explicit HttpClient(unsigned short port);
    explicit HttpClient(UniqueFd socket) : socket_{std::move(socket)} {}

    void send(const std::string& bytes) const;
    /// Sends as much as the server accepts; it may close meanwhile.
    void send_all_it_takes(const std::string& bytes) const;
    /// The next response; throws std::runtime_error on a timeout or close.
    HttpAnswer answer();
    HttpAnswer ask(const std::string& method, const std::string& target, const std::string& body = {});
    /// Waits until the server closes; false at the deadline.
    [[nodiscard]] bool closed(const Deadline& deadline) const;

private:
    bool read_more(const Deadline& deadline);

    UniqueFd socket_;
    std::string received_;
};

}  // namespace revenant::test
