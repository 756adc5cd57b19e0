#include "registrar/loopback/loopback_bus.hpp"

#include <algorithm>

#include <boost/asio/read.hpp>

#include "common/core/log.hpp"

namespace revenant::registrar {
namespace {

constexpr std::uint8_t stalled = 0xFF;
constexpr Setup pull_the_cable{0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF};

}  // namespace

LoopbackBus::LoopbackBus(TaskGroup& tasks, UnixListener listener, BusEvents events)
    : tasks_{tasks}, listener_{std::move(listener)}, events_{std::move(events)} {
    tasks_.spawn(accept());
}

awaitable<void> LoopbackBus::accept() {
    for (;;) {
        auto host = co_await listener_.accept();
        error_code failed;
        host.non_blocking(true, failed);
        if (failed || hosts_.size() >= max_hosts)
            continue;
        hosts_.push_back(std::move(host));
        tasks_.spawn(serve(std::prev(hosts_.end())));
        events_.counted();
        if (std::exchange(plugged_, true))
            continue;
        log::info("a host connected to the loopback bus");
        events_.plugged_in();
    }
}

awaitable<void> LoopbackBus::serve(Hosts::iterator host) {
    Setup setup{};
    for (;;) {
        const auto [failed, size] = co_await asio::async_read(*host, asio::buffer(setup), as_tuple(use_awaitable));
        if (failed)
            break;
        if (setup == pull_the_cable) {
            pull();
            break;
        }
        if (!reply(*host, setup))
            break;
    }
    hosts_.erase(host);
    events_.counted();
    const auto connected = [](const stream_protocol::socket& other) { return other.is_open(); };
    if (plugged_ && std::none_of(hosts_.begin(), hosts_.end(), connected))
        pull();
}

/// Returns false if the host does not read its responses; the caller then drops it, so that it cannot block the loop.
bool LoopbackBus::reply(stream_protocol::socket& host, const Setup& setup) {
    const auto data = answer(setup, events_.ready());
    ++counters_.setups;
    if (!data)
        ++counters_.stalls;
    events_.counted();
    std::array<std::uint8_t, 9> bytes{stalled};
    std::size_t size = 1;
    if (data) {
        bytes[0] = static_cast<std::uint8_t>(data->bytes().size());
        std::copy(data->bytes().begin(), data->bytes().end(), bytes.begin() + 1);
        size += data->bytes().size();
    }
    error_code failed;
    return host.write_some(asio::buffer(bytes, size), failed) == size;
}

void LoopbackBus::bind_again() {
    events_.pulled_out();
    if (plugged_)
        events_.plugged_in();
}

void LoopbackBus::describe(boost::json::object& line) const {
    line["bus"] = "loopback";
    line["hosts"] = hosts();
    line["setups"] = counters_.setups;
    line["stalls"] = counters_.stalls;
}

void LoopbackBus::pull() {
    plugged_ = false;
    log::info("the last host left the loopback bus");
    events_.pulled_out();
    error_code ignored;
    for (auto& host : hosts_)
        host.close(ignored);
}

}  // namespace revenant::registrar
