#include "test/bench/cable.hpp"

#include <array>
#include <stdexcept>

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <fmt/format.h>

namespace revenant::bench {

using namespace asio::experimental::awaitable_operators;

Cable::Cable(const asio::any_io_executor& executor, const std::filesystem::path& run_directory)
    : bus_{executor},
      bus_file_{executor, run_directory / "registrar" / "bus.sock"},
      ready_file_{executor, run_directory / "liveness" / "ready.sock"} {}

awaitable<void> Cable::ready_within(std::chrono::seconds limit) {
    Timer late{co_await asio::this_coro::executor, limit};
    const auto first = co_await (ready() || late.async_wait(as_tuple(use_awaitable)));
    if (first.index() == 1)
        throw std::runtime_error{fmt::format("the device was not ready within {} s after plug-in", limit.count())};
}

awaitable<void> Cable::pull_out() {
    constexpr std::array<std::uint8_t, 8> pull{0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF};
    co_await asio::async_write(bus_, asio::buffer(pull), use_awaitable);
    bus_.close();
}

awaitable<void> Cable::plug_in() {
    while (!std::filesystem::exists(bus_file_.file()))
        co_await bus_file_.changed();
    co_await bus_.async_connect(stream_protocol::endpoint{bus_file_.file().string()}, use_awaitable);
}

/// Probes only after the socket that the registrar probes exists, and from then on without pauses, so that no pause is
/// part of the measurement.
awaitable<void> Cable::ready() {
    co_await plug_in();
    while (!std::filesystem::exists(ready_file_.file()))
        co_await ready_file_.changed();
    for (bool said = false; !said;)
        said = co_await probe();
}

awaitable<bool> Cable::probe() {
    constexpr std::array<std::uint8_t, 8> setup{0xC1, 0x5A, 0, 0, 0, 0, 8, 0};
    constexpr std::size_t ready_at = 7;  // after the length byte
    std::array<std::uint8_t, 9> answer;
    co_await asio::async_write(bus_, asio::buffer(setup), use_awaitable);
    co_await asio::async_read(bus_, asio::buffer(answer), use_awaitable);
    co_return answer[ready_at] == 1;
}

}  // namespace revenant::bench
