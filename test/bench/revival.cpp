// The cable is pulled and plugged in again and again: how soon the device is ready, and whether it leaves anything
// behind.
#include <algorithm>
#include <array>
#include <stdexcept>

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>

#include "common/net/path_watch.hpp"
#include "test/bench/bench.hpp"
#include "test/bench/samples.hpp"

namespace revenant::bench {
namespace {

using namespace asio::experimental::awaitable_operators;

constexpr auto longest_revival = 5s;

/// The control endpoint of the loopback bus, without the host's own code around it: its pauses are not to be measured.
class Cable {
public:
    Cable(const asio::any_io_executor& executor, const std::filesystem::path& run_directory)
        : bus_{executor},
          registrar_{(run_directory / "registrar" / "bus.sock").string()},
          ready_{executor, run_directory / "liveness" / "ready.sock"} {}

    awaitable<void> plug_in() { co_await bus_.async_connect(registrar_, use_awaitable); }

    awaitable<void> pull_out() {
        constexpr std::array<std::uint8_t, 8> pull{0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF};
        co_await asio::async_write(bus_, asio::buffer(pull), use_awaitable);
        bus_.close();
    }

    /// Until the probe says ready. It is asked only once the socket is there that the registrar asks too, and from
    /// then on without a pause: nothing of what is measured is a pause of ours.
    awaitable<void> ready() {
        while (!std::filesystem::exists(ready_.file()))
            co_await ready_.changed();
        for (bool said = false; !said;)
            said = co_await probe();
    }

private:
    awaitable<bool> probe() {
        constexpr std::array<std::uint8_t, 8> setup{0xC1, 0x5A, 0, 0, 0, 0, 8, 0};
        constexpr std::size_t ready_at = 7;  // after the length byte
        std::array<std::uint8_t, 9> answer;
        co_await asio::async_write(bus_, asio::buffer(setup), use_awaitable);
        co_await asio::async_read(bus_, asio::buffer(answer), use_awaitable);
        co_return answer[ready_at] == 1;
    }

    stream_protocol::socket bus_;
    stream_protocol::endpoint registrar_;
    PathWatch ready_;
};

/// Until nobody has anything left of the session: the next one begins from nothing.
awaitable<void> unplugged(const Suite& suite) {
    const auto not_ready = [](const boost::json::object& line) { return !line.at("ready").as_bool(); };
    const auto waiting = [](const boost::json::object& line) { return line.at("state") == "waiting"; };
    co_await suite.status("registrar", not_ready);
    co_await suite.status("gadget", waiting);
    co_await suite.status("liveness", waiting);
}

/// One revival, in milliseconds from the plug.
awaitable<double> revive(Cable& cable) {
    asio::steady_timer limit{co_await asio::this_coro::executor, longest_revival};
    const auto begin = std::chrono::steady_clock::now();
    co_await cable.plug_in();
    const auto first = co_await (cable.ready() || limit.async_wait(as_tuple(use_awaitable)));
    if (first.index() == 1)
        throw std::runtime_error{"the device did not become ready within 5 s of being plugged in"};
    co_return std::chrono::duration<double, std::milli>{std::chrono::steady_clock::now() - begin}.count();
}

awaitable<std::vector<double>> timed_revivals(const Suite& suite, std::size_t count) {
    Cable cable{co_await asio::this_coro::executor, suite.run_directory()};
    std::vector<double> times;
    while (times.size() < count) {
        times.push_back(co_await revive(cable));
        co_await cable.pull_out();
        co_await unplugged(suite);
    }
    co_return times;
}

/// A companion that comes, asks, and goes at once, as often as told.
awaitable<void> claimed_revivals(const Suite& suite, std::size_t count) {
    const auto ask_once = [](host::DeviceChannel& channel) -> awaitable<void> { co_await unlocked_keys(channel); };
    for (; count > 0; --count)
        co_await with_channel(suite.run_directory(), host::Interface::sign, ask_once);
    co_await unplugged(suite);
}

/// The fewest of several looks: a connection that has just ended, and a look is one too, counts until its server has
/// noticed.
awaitable<double> descriptors(const Suite& suite) {
    auto fewest = co_await suite.sum("descriptors");
    for (int looks = 1; looks < 5; ++looks)
        fewest = std::min(fewest, co_await suite.sum("descriptors"));
    co_return fewest;
}

}  // namespace

awaitable<void> measure_revivals(Bench& bench) {
    co_await claimed_revivals(bench.suite, 1);
    const auto before = co_await descriptors(bench.suite);
    const auto times = co_await timed_revivals(bench.suite, bench.effort.timed_revivals);
    co_await claimed_revivals(bench.suite, bench.effort.claimed_revivals);
    const auto after = co_await descriptors(bench.suite);
    bench.report.detail("descriptors", after);
    bench.report.set("fd_growth", after - before);
    bench.report.set("revival_p50_ms", median(times));
    bench.report.set("revival_p99_ms", quantile(times, 0.99));
}

}  // namespace revenant::bench
