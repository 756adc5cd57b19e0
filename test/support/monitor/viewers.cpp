#include "test/support/monitor/viewers.hpp"

#include <array>

#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>

#include "test/support/monitor/pinned.hpp"

namespace revenant::test {
namespace {

using Socket = asio::ip::tcp::socket;

constexpr auto between_connections = 20ms;
constexpr std::string_view request = "GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n";

/// Returns false if the connection fails.
awaitable<bool> ask_for_events(Socket& socket, unsigned short port) {
    const asio::ip::tcp::endpoint server{asio::ip::address_v4::loopback(), port};
    const auto [refused] = co_await socket.async_connect(server, as_tuple(use_awaitable));
    if (refused)
        co_return false;
    const auto [cut, size] = co_await asio::async_write(socket, asio::buffer(request), as_tuple(use_awaitable));
    co_return !cut;
}

}  // namespace

Viewers::Viewers(unsigned short port, Sizes sizes, int processor) : port_{port} {
    const auto on_end = [this](std::exception_ptr error) { failure_ = error; };
    asio::co_spawn(io_, all_of_them(sizes), asio::bind_cancellation_slot(stop_.slot(), on_end));
    thread_ = std::thread{[this, processor] {
        const Pinned there{processor};
        io_.run();
    }};
}

void Viewers::leave() {
    if (!thread_.joinable())
        return;
    asio::post(io_, [this] { stop_.emit(asio::cancellation_type::terminal); });
    thread_.join();
}

std::size_t Viewers::end() {
    leave();
    try {
        if (failure_)
            std::rethrow_exception(failure_);
    } catch (const system_error& stopped) {
        if (stopped.code() != asio::error::operation_aborted)
            throw;
    }
    return connections_;
}

awaitable<void> Viewers::all_of_them(Sizes sizes) {
    const auto body = [&](TaskGroup& group) -> awaitable<void> {
        for (auto left = sizes.blind; left > 0; --left)
            group.spawn(look_away());
        for (auto left = sizes.reading; left > 0; --left)
            group.spawn(come_and_read());
        co_await group.finished();
    };
    co_await with_group(body);
}

awaitable<void> Viewers::come_and_read() {
    Timer pause{io_};
    for (;;) {
        co_await read_once();
        pause.expires_after(between_connections);
        co_await pause.async_wait(use_awaitable);
    }
}

/// Runs one connection until it ends.
awaitable<void> Viewers::read_once() {
    Socket socket{io_};
    const bool asked = co_await ask_for_events(socket, port_);
    if (!asked)
        co_return;
    ++connections_;
    struct Counted {
        std::atomic<unsigned>& count;
        bool is = false;
        ~Counted() {
            if (is)
                --count;
        }
    } counted{watching_};
    constexpr std::string_view accepted = "HTTP/1.1 200";
    for (std::array<char, 4096> part;;) {
        const auto [failed, size] = co_await socket.async_read_some(asio::buffer(part), as_tuple(use_awaitable));
        if (failed)
            co_return;
        if (!counted.is && std::string_view{part.data(), size}.starts_with(accepted)) {
            counted.is = true;
            ++watching_;
        }
    }
}

/// Never reads; a small receive buffer leaves the data with the server.
awaitable<void> Viewers::look_away() {
    Socket socket{io_, asio::ip::tcp::v4()};
    socket.set_option(asio::socket_base::receive_buffer_size{1});
    const bool asked = co_await ask_for_events(socket, port_);
    connections_ += asked ? 1 : 0;
    Timer never{io_, Timer::time_point::max()};
    co_await never.async_wait(use_awaitable);
}

}  // namespace revenant::test
