#include "test/support/suite/crowd.hpp"

#include <array>

#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <fmt/format.h>

namespace revenant::test {
namespace {

using Socket = asio::ip::tcp::socket;

#ifdef __SANITIZE_ADDRESS__
constexpr unsigned slowness = 10;  // sanitizers slow all programs down; fewer requests and longer pauses
#else
constexpr unsigned slowness = 1;
#endif
constexpr auto between_connections = 20ms * slowness, between_bytes = 100ms;
constexpr std::size_t pipelined = 16;  // pairs of requests
// Requests; their responses exceed the kernel's socket buffers.
constexpr std::size_t unread = 20'000 / slowness;

const char* name(Manner manner) {
    switch (manner) {
        case Manner::half_request:
            return "half requests";
        case Manner::slow_reader:
            return "slow readers";
        case Manner::oversize:
            return "10 MiB bodies";
        case Manner::pipelined:
            return "pipelined";
        case Manner::comes_and_goes:
            return "connect and close";
    }
    return "";
}

std::string times(std::string_view text, std::size_t count) {
    std::string all;
    for (; count > 0; --count)
        all += text;
    return all;
}

std::string post(const std::string& address, const std::string& body) {
    return fmt::format("POST /keys/{} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {}\r\n\r\n{}", address,
                       body.size(), body);
}

/// The bytes sent on each connection.
std::map<Manner, std::string> sayings(const std::string& address) {
    const auto one = post(address, "\"1234\"");
    return {{Manner::half_request, one.substr(0, one.size() - 3)},
            {Manner::slow_reader, times("GET /authorized_keys HTTP/1.1\r\nHost: localhost\r\n\r\n", unread)},
            {Manner::oversize, post(address, fmt::format("\"{}\"", std::string(10 << 20, '0')))},
            {Manner::pipelined, times(one + "GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n", pipelined)},
            {Manner::comes_and_goes, ""}};
}

/// Reads until the server closes.
awaitable<void> read_all(Socket& socket) {
    std::array<char, 4096> part;
    for (;;) {
        const auto [failed, size] = co_await socket.async_read_some(asio::buffer(part), as_tuple(use_awaitable));
        if (failed)
            co_return;
    }
}

awaitable<void> read_slowly(Socket& socket) {
    Timer pause{socket.get_executor()};
    for (std::array<char, 1> byte;;) {
        const auto [failed, size] = co_await socket.async_read_some(asio::buffer(byte), as_tuple(use_awaitable));
        if (failed)
            co_return;
        pause.expires_after(between_bytes);
        co_await pause.async_wait(use_awaitable);
    }
}

/// Reads `count` responses; false if the server closes before.
awaitable<bool> read_answers(Socket& socket, std::size_t count) {
    std::string text;
    std::array<char, 4096> part;
    while (count > 0) {
        const auto [failed, size] = co_await socket.async_read_some(asio::buffer(part), as_tuple(use_awaitable));
        if (failed)
            co_return false;
        text.append(part.data(), size);
        constexpr std::string_view begins = "HTTP/1.1 ";
        for (auto at = text.find(begins); at != std::string::npos && count > 0; at = text.find(begins)) {
            text.erase(0, at + begins.size());
            --count;
        }
    }
    co_return true;
}

}  // namespace

Crowd::Crowd(unsigned short port, const std::string& address, const CrowdSizes& sizes)
    : port_{port}, says_{sayings(address)} {
    const auto on_end = [this](std::exception_ptr error) { failure_ = error; };
    asio::co_spawn(io_, all_of_them(sizes), asio::bind_cancellation_slot(stop_.slot(), on_end));
    thread_ = std::thread{[this] { io_.run(); }};
}

void Crowd::leave() {
    if (!thread_.joinable())
        return;
    asio::post(io_, [this] { stop_.emit(asio::cancellation_type::terminal); });
    thread_.join();
}

CrowdSizes Crowd::end() {
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

std::string text(const CrowdSizes& sizes) {
    std::string text;
    for (const auto& [manner, count] : sizes)
        text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, name(manner));
    return text;
}

awaitable<void> Crowd::all_of_them(CrowdSizes sizes) {
    const auto body = [&](TaskGroup& group) -> awaitable<void> {
        for (const auto& [manner, count] : sizes)
            for (auto left = count; left > 0; --left)
                group.spawn(behave(manner));
        co_await group.finished();
    };
    co_await with_group(body);
}

awaitable<void> Crowd::behave(Manner manner) {
    Timer pause{io_};
    for (;;) {
        co_await once(manner);
        pause.expires_after(between_connections);
        co_await pause.async_wait(use_awaitable);
    }
}

awaitable<void> Crowd::once(Manner manner) {
    Socket socket{io_};
    const asio::ip::tcp::endpoint server{asio::ip::address_v4::loopback(), port_};
    const auto [refused] = co_await socket.async_connect(server, as_tuple(use_awaitable));
    if (refused)
        co_return;
    ++connections_[manner];
    if (manner == Manner::comes_and_goes)
        co_return;
    if (manner == Manner::slow_reader) {
        boost::system::error_code ignored;
        socket.set_option(asio::socket_base::receive_buffer_size{1}, ignored);
    }
    const auto bytes = asio::buffer(says_.at(manner));
    for (bool more = true; more;) {
        const auto [cut, size] = co_await asio::async_write(socket, bytes, as_tuple(use_awaitable));
        more = !cut && manner == Manner::pipelined;
        if (more)
            more = co_await read_answers(socket, 2 * pipelined);
    }
    if (manner == Manner::slow_reader)
        co_await read_slowly(socket);
    else
        co_await read_all(socket);
}

}  // namespace revenant::test
