#include "gadget/loopback/loopback_pipe.hpp"

#include <cerrno>

#include <boost/asio/write.hpp>
#include <sys/socket.h>

#include "common/async/within.hpp"

namespace revenant::gadget {
namespace {

constexpr std::size_t packet_size = 512;  // as at high speed

/// Whether the peer has closed the connection and all its data was read.
bool ended(stream_protocol::socket& peer) {
    char next = 0;
    return ::recv(peer.native_handle(), &next, 1, MSG_PEEK | MSG_DONTWAIT) == 0;
}

}  // namespace

LoopbackPipe::LoopbackPipe(const asio::any_io_executor& executor, std::filesystem::path socket)
    : socket_{std::move(socket)}, news_{executor} {}

void LoopbackPipe::open() {
    open_ = true;
    news_.notify();
}

void LoopbackPipe::close() {
    open_ = false;
    release(claim_);
    read_from_.reset();
    news_.notify();
}

awaitable<void> LoopbackPipe::accept_claims() {
    for (;;) {
        co_await news_.wait_until([this] { return open_; });
        UnixListener listener{co_await asio::this_coro::executor, socket_, SocketAccess{}};
        co_await either(accept_from(listener), news_.wait_until([this] { return !open_; }));
    }
}

awaitable<void> LoopbackPipe::accept_from(UnixListener& listener) {
    for (;;) {
        auto peer = co_await listener.accept();
        if (!open_ || (claim_ && !ended(*claim_)))
            continue;
        release(claim_);
        claim_ = std::make_shared<stream_protocol::socket>(std::move(peer));
        news_.notify();
    }
}

void LoopbackPipe::release(const Claim& claim) {
    error_code ignored;
    if (claim)
        claim->close(ignored);
    if (claim_ == claim)
        claim_.reset();
}

awaitable<std::pair<error_code, std::size_t>> LoopbackPipe::read(asio::mutable_buffer into) {
    while (open_) {
        if (!claim_) {
            co_await news_.wait();
            continue;
        }
        const auto claim = claim_;
        if (const auto former = std::exchange(read_from_, claim); former && former != claim)
            co_return std::pair{error_code{}, std::size_t{0}};  // a frame that the former claim began has no rest
        const auto [failed, size] =
            co_await claim->async_read_some(asio::buffer(into, packet_size), as_tuple(use_awaitable));
        if (!failed)
            co_return std::pair{error_code{}, size};
        if (!open_)
            break;
        release(claim);
        read_from_.reset();
        co_return std::pair{error_code{}, std::size_t{0}};
    }
    co_return std::pair{from_errno(ESHUTDOWN), std::size_t{0}};
}

awaitable<error_code> LoopbackPipe::write(ByteView frame) {
    while (open_ && !frame.empty()) {
        if (!claim_) {
            co_await news_.wait();
            continue;
        }
        const auto claim = claim_;
        const auto [failed, size] =
            co_await asio::async_write(*claim, asio::buffer(frame.data(), frame.size()), as_tuple(use_awaitable));
        if (!failed)
            co_return error_code{};
        if (!open_)
            break;
        release(claim);
        co_return from_errno(EPIPE);
    }
    co_return frame.empty() ? error_code{} : from_errno(ESHUTDOWN);
}

}  // namespace revenant::gadget
