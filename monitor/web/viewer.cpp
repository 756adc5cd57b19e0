#include "monitor/web/viewer.hpp"

#include <algorithm>
#include <array>
#include <span>

#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <fmt/format.h>

#include "common/async/within.hpp"
#include "monitor/web/stream_event.hpp"

namespace revenant::monitor {
namespace {

constexpr std::size_t max_at_once = 64;  // buffers that Asio gives to one system call
constexpr auto retry_ms = 2000;          // how long a browser waits before it comes again

}  // namespace

awaitable<void> Viewer::run(http::Socket socket, bool chunked) {
    socket_.emplace(std::move(socket));
    timer_.emplace(socket_->get_executor());
    chunked_ = chunked;
    place_.subscriber().wake = [this] {
        if (idle_)
            timer_->cancel();
    };
    error_code failed;
    socket_->non_blocking(true, failed);
    if (!failed)
        co_await either(send(), until_gone());
}

/// Reads, so that a viewer that left is noticed at once; what it says is ignored.
awaitable<void> Viewer::until_gone() {
    std::array<char, 64> ignored;
    for (;;) {
        const auto [failed, size] = co_await socket_->async_read_some(asio::buffer(ignored), as_tuple(use_awaitable));
        if (failed)
            co_return;
    }
}

awaitable<void> Viewer::send() {
    auto greeting =
        fmt::format("retry: {}\n{}", retry_ms, encode_comment(fmt::format("stream {}", place_.subscriber().id)));
    bool well = co_await write_text(std::move(greeting));
    while (well) {
        if (!place_.subscriber().queue.empty()) {
            well = co_await send_waiting();
            continue;
        }
        if (place_.finishing()) {
            auto shutdown = encode_event("shutdown", "", "{}");
            co_await write_text(std::move(shutdown));
            if (chunked_)
                co_await write_bytes(last_chunk);
            co_return;
        }
        timer_->expires_at(last_write_ + pace_.keep_alive);
        idle_ = true;
        const auto [stopped] = co_await timer_->async_wait(as_tuple(use_awaitable));
        idle_ = false;
        if (!stopped && place_.subscriber().queue.empty() && !place_.finishing()) {
            auto comment = encode_comment("keep-alive");
            well = co_await write_text(std::move(comment));
        }
    }
}

awaitable<bool> Viewer::send_waiting() {
    const auto batch = place_.subscriber().queue.take();
    if (batch.lines_dropped > 0) {
        auto told = encode_event("dropped", "", fmt::format(R"({{"lines":{}}})", batch.lines_dropped));
        const bool well = co_await write_text(std::move(told));
        if (!well)
            co_return false;
    }
    std::vector<asio::const_buffer> buffers;
    for (const auto& event : batch.events)
        buffers.push_back(asio::buffer(chunked_ ? event->chunk() : event->bytes()));
    co_return co_await write(std::move(buffers));
}

awaitable<bool> Viewer::write_text(std::string text) {
    const auto bytes = chunked_ ? encode_chunk(text) : std::move(text);
    co_return co_await write_bytes(bytes);
}

awaitable<bool> Viewer::write_bytes(std::string_view bytes) {
    std::vector<asio::const_buffer> buffers{asio::buffer(bytes)};
    co_return co_await write(std::move(buffers));
}

/// All of it; false if the viewer is gone or blocked. It mostly takes all at once: then this does not wait.
awaitable<bool> Viewer::write(std::vector<asio::const_buffer> buffers) {
    std::span<asio::const_buffer> rest{buffers};
    while (!rest.empty()) {
        error_code failed;
        auto size = socket_->write_some(rest.first(std::min(rest.size(), max_at_once)), failed);
        if (failed == asio::error::would_block) {
            const bool well = co_await writable();
            if (!well)
                co_return false;
            continue;
        }
        if (failed)
            co_return false;
        while (!rest.empty() && size >= rest.front().size()) {
            size -= rest.front().size();
            rest = rest.subspan(1);
        }
        if (size > 0)
            rest.front() += size;
    }
    last_write_ = Clock::now();
    co_return true;
}

/// Whether the viewer takes something within its time.
awaitable<bool> Viewer::writable() {
    timer_->expires_after(pace_.blocked);
    const auto [order, failed, stopped] =
        co_await asio::experimental::make_parallel_group(socket_->async_wait(http::Socket::wait_write, asio::deferred),
                                                         timer_->async_wait(asio::deferred))
            .async_wait(asio::experimental::wait_for_one{}, use_awaitable);
    co_return !failed;
}

}  // namespace revenant::monitor
