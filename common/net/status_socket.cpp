#include "common/net/status_socket.hpp"

#include <array>

#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>
#include <boost/json/serialize.hpp>

#include "common/async/task_group.hpp"
#include "common/metrics/process.hpp"

namespace revenant {
namespace {

constexpr unsigned max_readers = 16;

/// Returns when the peer has closed the connection; ignores what it sends.
awaitable<void> closed(stream_protocol::socket& peer) {
    std::array<char, 64> ignored;
    for (;;) {
        const auto [failed, size] = co_await peer.async_read_some(asio::buffer(ignored), as_tuple(use_awaitable));
        if (failed)
            co_return;
    }
}

awaitable<error_code> write_all(stream_protocol::socket& peer, const std::string& text) {
    const auto [failed, size] = co_await asio::async_write(peer, asio::buffer(text), as_tuple(use_awaitable));
    co_return failed;
}

}  // namespace

StatusSocket::StatusSocket(const asio::any_io_executor& executor, const std::filesystem::path& path,
                           SocketAccess access, std::function<boost::json::object()> describe)
    : StatusSocket{executor, path, access, std::move(describe), Pace{}} {}

StatusSocket::StatusSocket(const asio::any_io_executor& executor, const std::filesystem::path& path,
                           SocketAccess access, std::function<boost::json::object()> describe, Pace pace)
    : listener_{executor, path, access},
      describe_{std::move(describe)},
      pace_{pace},
      news_{executor},
      soon_{executor} {}

std::string StatusSocket::line() const {
    auto object = describe_();
    for (auto& [name, value] : process_status())
        object[name] = value;
    return boost::json::serialize(object) + '\n';
}

void StatusSocket::changed() {
    ++version_;
    news_.notify();
}

void StatusSocket::counted() {
    if (readers_ == 0 || line_is_due_)
        return;
    line_is_due_ = true;
    soon_.expires_after(pace_.count_delay);
    soon_.async_wait([this](error_code stopped) {
        if (stopped)
            return;
        line_is_due_ = false;
        changed();
    });
}

awaitable<void> StatusSocket::run() {
    const auto body = [this](TaskGroup& readers) -> awaitable<void> {
        for (;;) {
            auto reader = co_await listener_.accept();
            if (readers_ < max_readers)
                readers.spawn(serve(std::move(reader)));
        }
    };
    co_await with_group(body);
}

awaitable<void> StatusSocket::serve(stream_protocol::socket reader) {
    struct Counted {
        unsigned& readers;
        explicit Counted(unsigned& count) : readers{count} { ++readers; }
        ~Counted() { --readers; }
    } const counted{readers_};
    co_await either(publish(reader), closed(reader));
}

awaitable<void> StatusSocket::publish(stream_protocol::socket& reader) {
    for (;;) {
        const auto shown = version_;
        const auto text = line();
        const auto failed = co_await within(Clock::now() + pace_.patience, write_all(reader, text));
        if (failed.value_or(asio::error::timed_out))
            co_return;
        co_await news_.wait_until([&] { return shown != version_; });
    }
}

}  // namespace revenant
