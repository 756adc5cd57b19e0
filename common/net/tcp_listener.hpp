#pragma once

#include <string>

#include <boost/asio/ip/tcp.hpp>

#include "common/async/asio.hpp"

namespace revenant {

/// "127.0.0.1:80", "[::1]:80"
std::string shown(const asio::ip::tcp::endpoint& endpoint);

/// Whether only this machine reaches the address: also "::ffff:127.0.0.1", an IPv4 address in IPv6 form.
bool is_loopback(const asio::ip::address& address);

/// Opens a listening socket. Throws std::runtime_error with a user-readable message that refers to --listen-address and
/// --listen-port.
asio::ip::tcp::acceptor listen_at(const asio::any_io_executor& executor, const asio::ip::tcp::endpoint& endpoint);

}  // namespace revenant
