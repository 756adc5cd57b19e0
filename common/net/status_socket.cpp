#include "common/net/status_socket.hpp"

#include <array>

#include <boost/asio/buffer.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
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

}  // namespace

StatusSocket::StatusSocket(const asio::any_io_executor& executor, const std::filesystem::path& path,
                           std::function<boost::json::object()> describe)
    : StatusSocket{executor, path, std::move(describe), Pace{}} {}

StatusSocket::StatusSocket(const asio::any_io_executor& executor, const std::filesystem::path& path,
                           std::function<boost::json::object()> describe, Pace pace)
    : listener_{executor, path, SocketAccess::of_group("revenant-operators")},
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
    using namespace asio::experimental::awaitable_operators;
    struct Counted {
        unsigned& readers;
        explicit Counted(unsigned& count) : readers{count} { ++readers; }
        ~Counted() { --readers; }
    } const counted{readers_};
    co_await (publish(reader) || closed(reader));
}

awaitable<void> StatusSocket::publish(stream_protocol::socket& reader) {
    using namespace asio::experimental::awaitable_operators;
    for (;;) {
        const auto shown = version_;
        const auto text = line();
        asio::steady_timer deadline{reader.get_executor(), pace_.patience};
        const auto written = co_await (asio::async_write(reader, asio::buffer(text), as_tuple(use_awaitable)) ||
                                       deadline.async_wait(as_tuple(use_awaitable)));
        if (written.index() == 1 || std::get<0>(std::get<0>(written)))
            co_return;
        while (shown == version_)
            co_await news_.wait();
    }
}

}  // namespace revenant
