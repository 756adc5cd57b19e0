#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <stdexcept>
#include <string>

#include <boost/asio/post.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>

#include "common/async/timer.hpp"

/// Runs code under test and its peers on one event loop, over real sockets.
namespace revenant::test {

/// Runs one coroutine to completion on its own event loop and rethrows its exception. After 40 s, a limit for hangs
/// only, the coroutine is cancelled and the test fails.
inline void run(const std::function<awaitable<void>()>& body) {
    asio::io_context io{1};
    asio::cancellation_signal stop;
    std::exception_ptr failure;
    bool ended = false;
    const auto on_end = [&](std::exception_ptr error) {
        failure = error;
        ended = true;
    };
    asio::co_spawn(io, body(), asio::bind_cancellation_slot(stop.slot(), on_end));
    io.run_for(40s);
    if (!ended) {
        stop.emit(asio::cancellation_type::terminal);
        io.run_for(40s);
        throw std::runtime_error{"the test did not finish within 40 s"};
    }
    if (failure)
        std::rethrow_exception(failure);
}

/// Runs the loop until `condition` holds; throws after 20 s.
inline awaitable<void> until(std::function<bool()> condition) {
    const auto executor = co_await asio::this_coro::executor;
    const auto end = std::chrono::steady_clock::now() + 20s;
    while (!condition()) {
        if (std::chrono::steady_clock::now() > end)
            throw std::runtime_error{"a condition did not become true within 20 s"};
        co_await asio::post(executor, use_awaitable);
    }
}

/// Runs all ready handlers, for checks that something did not happen.
inline awaitable<void> settle() {
    const auto executor = co_await asio::this_coro::executor;
    for (int turn = 0; turn < 200; ++turn)
        co_await asio::post(executor, use_awaitable);
}

/// Moves the clock of the product's timers forward and runs what is then due, the earliest first.
inline awaitable<void> turn_clock(Clock::duration by) {
    Clock::turn(by);
    Timer due{co_await asio::this_coro::executor,
              Timer::time_point::min()};  // a nearer timer makes Asio read the clock
    co_await due.async_wait(use_awaitable);
    co_await settle();
}

/// Moves the clock step by step until `condition` holds; throws after 20 s of real time.
inline awaitable<void> turn_clock_until(std::function<bool()> condition, Clock::duration step = 10ms) {
    const auto end = std::chrono::steady_clock::now() + 20s;
    while (!condition()) {
        if (std::chrono::steady_clock::now() > end)
            throw std::runtime_error{"a condition did not become true within 20 s"};
        co_await turn_clock(step);
    }
}

inline awaitable<stream_protocol::socket> connect(std::filesystem::path path) {
    stream_protocol::socket peer{co_await asio::this_coro::executor};
    co_await peer.async_connect(stream_protocol::endpoint{path.string()}, use_awaitable);
    co_return peer;
}

/// Reads `size` bytes, or fewer if the connection ends first.
inline awaitable<std::string> read_bytes(stream_protocol::socket& from, std::size_t size) {
    std::string bytes(size, '\0');
    const auto [failed, count] = co_await asio::async_read(from, asio::buffer(bytes), as_tuple(use_awaitable));
    bytes.resize(count);
    co_return bytes;
}

/// Waits until the peer closes the connection, and returns what it sent before.
inline awaitable<std::string> read_to_end(stream_protocol::socket& from) {
    std::string all;
    for (;;) {
        auto byte = co_await read_bytes(from, 1);
        if (byte.empty())
            co_return all;
        all += byte;
    }
}

inline awaitable<void> write(stream_protocol::socket& to, std::string bytes) {
    co_await asio::async_write(to, asio::buffer(bytes), use_awaitable);
}

/// Leaves a socket file as a dead process does: no listener.
inline void leave_stale_socket(const std::filesystem::path& path) {
    asio::io_context io;
    stream_protocol::acceptor{io, stream_protocol::endpoint{path.string()}};
}

}  // namespace revenant::test
