#pragma once

#include <string>
#include <vector>

#include <boost/json/value.hpp>

#include "common/core/fd.hpp"
#include "test/support/basics/wait.hpp"

namespace revenant::test {

/// What a server of HTTP answered.
struct HttpAnswer {
    unsigned status = 0;
    std::string header{};  ///< its lines, with the status line
    std::string body{};
    /// The body as JSON. Throws if it is none.
    [[nodiscard]] boost::json::value json() const;
    /// The sentence of an error as Octez writes it; throws if it is none.
    [[nodiscard]] std::string message() const;
};

/// One connection, to a port of 127.0.0.1 or whatever is given, byte by byte. Everything blocks, for `patience` at
/// most. One thread.
class HttpClient {
public:
    static constexpr milliseconds patience{10'000};

    explicit HttpClient(unsigned short port);
    explicit HttpClient(UniqueFd socket) : socket_{std::move(socket)} {}

    void send(const std::string& bytes) const;
    /// Sends as much as the server takes; it may close meanwhile.
    void send_all_it_takes(const std::string& bytes) const;
    /// The next answer; throws std::runtime_error when none comes.
    HttpAnswer answer();
    HttpAnswer ask(const std::string& method, const std::string& target, const std::string& body = {});
    /// Whether the server closed, at the latest at the deadline.
    [[nodiscard]] bool closed(const Deadline& deadline) const;

private:
    bool read_more(const Deadline& deadline);

    UniqueFd socket_;
    std::string received_;
};

}  // namespace revenant::test
