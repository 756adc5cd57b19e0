#include "common/net/tcp_listener.hpp"

#include <stdexcept>

#include <fmt/format.h>

namespace revenant {

std::string shown(const asio::ip::tcp::endpoint& endpoint) {
    const auto address = endpoint.address().to_string();
    return fmt::format("{}:{}", endpoint.address().is_v6() ? '[' + address + ']' : address, endpoint.port());
}

bool is_loopback(const asio::ip::address& address) {
    if (address.is_v6() && address.to_v6().is_v4_mapped())
        return asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6()).is_loopback();
    return address.is_loopback();
}

asio::ip::tcp::acceptor listen_at(const asio::any_io_executor& executor, const asio::ip::tcp::endpoint& endpoint) {
    asio::ip::tcp::acceptor acceptor{executor};
    error_code failed;
    acceptor.open(endpoint.protocol(), failed);
    if (!failed)
        acceptor.set_option(asio::socket_base::reuse_address{true}, failed);
    if (!failed)
        acceptor.bind(endpoint, failed);
    if (!failed)
        acceptor.listen(asio::socket_base::max_listen_connections, failed);
    if (failed)
        throw std::runtime_error{
            fmt::format("cannot listen at {}: {}: {}", shown(endpoint), failed.message(),
                        failed == asio::error::address_in_use
                            ? "stop the program that listens there, or choose another --listen-port"
                            : "check --listen-address and --listen-port")};
    return acceptor;
}

}  // namespace revenant
