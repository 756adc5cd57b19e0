#pragma once

#include <array>
#include <cstdlib>
#include <string>

#include <boost/asio/local/datagram_protocol.hpp>

#include "common/async/asio.hpp"
#include "test/support/basics/temporary_directory.hpp"

namespace revenant::test {

/// The service manager's end of the notification socket. Only one instance at a time.
class ServiceManager {
public:
    explicit ServiceManager(const asio::any_io_executor& executor)
        : socket_{executor, asio::local::datagram_protocol::endpoint{path_.string()}} {
        ::setenv("NOTIFY_SOCKET", path_.c_str(), 1);
    }
    ServiceManager(const ServiceManager&) = delete;
    ServiceManager& operator=(const ServiceManager&) = delete;
    ~ServiceManager() { ::unsetenv("NOTIFY_SOCKET"); }

    /// Returns the next message.
    awaitable<std::string> next() {
        std::array<char, 512> text;
        const auto size = co_await socket_.async_receive(asio::buffer(text), use_awaitable);
        co_return std::string{text.data(), size};
    }

private:
    TemporaryDirectory directory_;
    std::filesystem::path path_ = directory_.path() / "notify";
    asio::local::datagram_protocol::socket socket_;
};

}  // namespace revenant::test
