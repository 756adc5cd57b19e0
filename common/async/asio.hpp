#pragma once

#include <chrono>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

/// The names of Asio that every coroutine file uses.
namespace revenant {

namespace asio = boost::asio;
using asio::as_tuple;
using asio::awaitable;
using asio::use_awaitable;
using asio::local::stream_protocol;
using boost::system::error_code;
using boost::system::system_error;
using namespace std::chrono_literals;

/// The error of this number (errno of <cerrno>; positive).
inline error_code from_errno(int number) {
    return {number, boost::system::system_category()};
}

}  // namespace revenant
