#include "test/bench/stream_watch.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>

#include <boost/asio/buffer.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>

#include "test/bench/samples.hpp"

namespace revenant::bench {
namespace {

using namespace asio::experimental::awaitable_operators;

constexpr auto patience = 10s;
constexpr std::size_t at_once = 50;  // connections per batch: the monitor rejects some of too many without a request
constexpr std::string_view request = "GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n", end_of_event = "\n\n";

}  // namespace

awaitable<void> StreamWatch::grow_to(std::size_t count) {
    Timer limit{executor_, patience};
    const auto all_there = [this, count]() -> awaitable<void> {
        while (viewers_.size() < count) {
            for (auto more = std::min(count - viewers_.size(), at_once); more > 0; --more)
                group_.spawn(watch(viewers_.emplace_back()));
            while (ready_ + not_ready_ < viewers_.size())
                co_await news_.wait();
        }
    };
    const auto first = co_await (all_there() || limit.async_wait(as_tuple(use_awaitable)));
    if (first.index() == 1)
        throw std::runtime_error{"timeout: not all viewers received events of the monitor"};
}

bool StreamWatch::all_are(bool ready) const {
    return (ready ? ready_ : not_ready_) == viewers_.size();
}

awaitable<void> StreamWatch::all_know(bool ready) {
    Timer limit{executor_, patience};
    const auto all_do = [this, ready]() -> awaitable<void> {
        while (!all_are(ready))
            co_await news_.wait();
    };
    const auto first = co_await (all_do() || limit.async_wait(as_tuple(use_awaitable)));
    if (first.index() == 1)
        throw std::runtime_error{"timeout: not all viewers received the device's state"};
}

std::vector<double> StreamWatch::delays_ms(Clock::time_point begin) const {
    std::vector<double> delays;
    for (const auto& viewer : viewers_)
        delays.push_back(Microseconds{viewer.since - begin}.count() / 1e3);
    return delays;
}

void StreamWatch::count_anew() {
    for (auto& viewer : viewers_)
        viewer.events = 0;
}

std::size_t StreamWatch::with_events(unsigned least) const {
    const auto had = [least](const Viewer& viewer) { return viewer.events >= least; };
    return static_cast<std::size_t>(std::count_if(viewers_.begin(), viewers_.end(), had));
}

/// Runs until the server closes. A close is detected by the timeout of the waiting caller.
awaitable<void> StreamWatch::watch(Viewer& viewer) {
    asio::ip::tcp::socket socket{executor_};
    const asio::ip::tcp::endpoint server{asio::ip::address_v4::loopback(), port_};
    co_await socket.async_connect(server, use_awaitable);
    co_await asio::async_write(socket, asio::buffer(request), use_awaitable);
    std::string bytes;
    for (std::array<char, 8192> part;;) {
        const auto [failed, size] = co_await socket.async_read_some(asio::buffer(part), as_tuple(use_awaitable));
        if (failed)
            co_return;
        bytes.append(part.data(), size);
        std::size_t begin = 0;
        for (auto end = bytes.find(end_of_event); end != std::string::npos; end = bytes.find(end_of_event, begin)) {
            take(viewer, std::string_view{bytes}.substr(begin, end - begin));
            begin = end + end_of_event.size();
        }
        bytes.erase(0, begin);
    }
}

/// `event`: an HTTP chunk, with its size line.
void StreamWatch::take(Viewer& viewer, std::string_view event) {
    const auto is = [event](std::string_view text) { return event.find(text) != std::string_view::npos; };
    const bool of_signer = is("event: signer\n");
    viewer.events += of_signer ? 1 : 0;
    if (!of_signer && !is("event: snapshot\n"))
        return;
    const bool ready = is(R"("state":"ready")");  // of the only device; no other object has this state
    if (viewer.knows && viewer.ready == ready)
        return;
    if (viewer.knows)
        --(ready ? not_ready_ : ready_);
    ++(ready ? ready_ : not_ready_);
    viewer = {true, ready, Clock::now(), viewer.events};
    if (all_are(ready) || ready_ + not_ready_ == viewers_.size())
        news_.notify();
}

}  // namespace revenant::bench
