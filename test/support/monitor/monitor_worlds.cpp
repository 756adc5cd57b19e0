#include "test/support/monitor/monitor_worlds.hpp"

#include <algorithm>
#include <csignal>
#include <list>
#include <memory>
#include <optional>

#include <boost/asio/write.hpp>
#include <fmt/format.h>
#include <malloc.h>

#include "common/async/event.hpp"
#include "common/async/task_group.hpp"
#include "common/http/server.hpp"
#include "common/metrics/process.hpp"
#include "common/net/tcp_listener.hpp"
#include "monitor/checks/dependency.hpp"
#include "monitor/checks/mdp_probe.hpp"
#include "monitor/web/service.hpp"
#include "test/support/basics/spawned.hpp"

namespace revenant::test {
namespace {

using namespace monitor;

constexpr auto patience = 3s;
constexpr int warm_up = 100;  // checks, until all pools and threads exist

/// The broker, in a separate process, so that its resources are not counted.
class Peer {
public:
    explicit Peer(const World& world) : world_{world} {
        if (world.behaviour.empty())
            port_ = world.port.empty() ? free_port() : world.port;
        restart();
    }

    void restart() {
        peer_.reset();  // killed
        if (world_.behaviour.empty())
            return;
        peer_.emplace(
            std::vector<std::string>{REVENANT_MONITOR_PEER, port_, world_.behaviour, std::to_string(world_.delay_ms)},
            1);
        port_ = peer_->line_with("at ").substr(3);
    }
    [[nodiscard]] std::string endpoint() const { return "tcp://127.0.0.1:" + port_; }

private:
    const World& world_;
    std::string port_ = "*";
    std::optional<Spawned> peer_;
};

Resources settled_look(const ZmqSockets& sockets) {
    monitor::Resources resources{read_process_usage()};
    resources.zmq_opened = sockets.opened();
    resources.zmq_closed = sockets.closed();
    return resources;
}

/// Bytes that the program has allocated, in all heaps. Sanitizers have their own heap: no growth is seen there.
std::int64_t allocated_bytes() {
    const auto heap = ::mallinfo2();
    return static_cast<std::int64_t>(heap.uordblks + heap.hblkhd);
}

bool same(const Resources& one, const Resources& other) {
    return one.descriptors == other.descriptors && one.threads == other.threads && one.zmq_open() == other.zmq_open();
}

/// libzmq closes sockets on its own thread: waits until resources equal `before`, or until `limit`.
awaitable<Resources> look_until_same(const ZmqSockets& sockets, Resources before, std::chrono::milliseconds limit) {
    Timer pause{co_await asio::this_coro::executor};
    const auto end = Clock::now() + limit;
    for (;;) {
        auto now = settled_look(sockets);
        if (same(before, now) || Clock::now() > end)
            co_return now;
        pause.expires_after(20ms);
        co_await pause.async_wait(use_awaitable);
    }
}

/// Waits until two successive readings are equal, and returns them.
awaitable<Resources> look_until_still(const ZmqSockets& sockets) {
    Timer pause{co_await asio::this_coro::executor};
    for (auto last = settled_look(sockets);;) {
        pause.expires_after(50ms);
        co_await pause.async_wait(use_awaitable);
        auto now = settled_look(sockets);
        if (same(last, now))
            co_return now;
        last = std::move(now);
    }
}

/// The monitor's web server with `viewers` viewers that connect, read a little and disconnect, repeatedly.
struct Web {
    Web(TaskGroup& tasks, const asio::any_io_executor& executor, int viewers)
        : server{tasks, executor, service, "test", limits.http}, resumed{executor} {
        server.listen(listen_at(executor, {asio::ip::address_v4::loopback(), 0}));
        registry.listen(
            {[this](std::string_view name, std::string key, const boost::json::object& data) {
                 hub.publish_state(name, std::move(key), data);
             },
             [this](std::string_view name, const boost::json::object& data) { hub.publish_line(name, data); }});
        server.start();
        const auto where = server.where();
        const auto port = static_cast<unsigned short>(std::stoi(where.substr(where.rfind(':') + 1)));
        for (int count = 0; count < viewers; ++count)
            tasks.spawn(come_and_go(port));
    }

    awaitable<void> come_and_go(unsigned short port) {
        for (;;) {
            co_await resumed.wait_until([this] { return !paused; });
            ++visitors;
            co_await visit(port);
            --visitors;
        }
    }

    static awaitable<void> visit(unsigned short port) {
        const asio::ip::tcp::endpoint server{asio::ip::address_v4::loopback(), port};
        const std::string request = "GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n";
        asio::ip::tcp::socket viewer{co_await asio::this_coro::executor};
        co_await viewer.async_connect(server, use_awaitable);
        co_await asio::async_write(viewer, asio::buffer(request), use_awaitable);
        std::array<char, 256> some{};
        co_await viewer.async_read_some(asio::buffer(some), use_awaitable);
    }

    awaitable<void> pause() {
        paused = true;
        while (visitors > 0 || hub.streams() > 0)
            co_await sleep_for(10ms);
    }

    void resume() {
        paused = false;
        resumed.notify();
    }

    WebLimits limits{};
    Access access{};
    HealthRegistry registry{"0.1.0"};
    Hub hub{limits.streams, [this] { return registry.state_json(instant_now()); }};
    Service service{registry, hub, access, [] { return std::size_t{0}; }, limits.pace};
    http::Server server;
    Event resumed;
    bool paused = false;
    int visitors = 0;
};

struct Run {
    const World& world;
    int checks;
    ZmqSockets sockets;
    Peer peer;
    Outcome outcome{};

    Run(const World& in, int count, ZmqHabits habits)
        : world{in}, checks{count}, sockets{std::move(habits)}, peer{in} {}

    awaitable<void> check(Dependency& dependency) {
        const auto began = Clock::now();
        const auto result = co_await dependency.check();
        const auto took = Clock::now() - began;
        ++outcome.checks;
        outcome.max_open = std::max(outcome.max_open, sockets.open());
        if (result.stale)
            co_return;
        ++outcome.answered;
        if (took < std::chrono::milliseconds{world.delay_ms})
            ++outcome.stale;
    }

    /// Allocated bytes at rest: without viewers, and without the socket, which keeps messages in transit.
    awaitable<std::int64_t> allocated_at_rest(Dependency& dependency, std::optional<Web>& web) {
        if (web)
            co_await web->pause();
        dependency.reset();
        co_await look_until_still(sockets);  // closing is asynchronous
        const auto bytes = allocated_bytes();
        if (web)
            web->resume();
        co_return bytes;
    }

    awaitable<void> check_all(Dependency& dependency, std::optional<Web>& web) {
        for (int count = 0; count < warm_up; ++count)
            co_await check(dependency);
        outcome = {};
        std::vector<std::int64_t> bytes;
        for (int count = 1; count <= checks; ++count) {
            if (world.restarts > 0 && count % (checks / world.restarts) == 0)
                peer.restart();
            co_await check(dependency);
            if (web)
                web->registry.record("dependency:it", "dependency", false, {Health::healthy, std::to_string(count)},
                                     instant_now());
            if (count % (checks / 4) == 0)
                bytes.push_back(co_await allocated_at_rest(dependency, web));
        }
        for (std::size_t quarter = 1; quarter < bytes.size(); ++quarter)
            outcome.growth.push_back(bytes[quarter] - bytes[quarter - 1]);
    }

    std::unique_ptr<MdpProbe> make_way(const asio::any_io_executor& executor) {
        mdp::Peer asked{peer.endpoint(), mdp::Dialect::rfc18, "sign", world.echo};
        return std::make_unique<MdpProbe>(executor, sockets, std::move(asked));
    }

    awaitable<void> run() {
        const auto executor = co_await asio::this_coro::executor;
        {
            const auto first = make_way(executor);  // creates the context's threads, which stay
            co_await first->ask(Clock::now() + 5ms);
        }
        const auto before = co_await look_until_still(sockets);
        std::optional<Web> web;
        const auto body = [&](TaskGroup& tasks) -> awaitable<void> {
            if (world.viewers > 0)
                web.emplace(tasks, executor, world.viewers);
            auto way = make_way(executor);
            const auto& client = way->client();
            std::vector<std::unique_ptr<Probe>> ways;
            ways.push_back(std::move(way));
            CheckPace pace;
            pace.deadline = 5ms;
            pace.breaker.failures = 0;
            Dependency dependency{"it", false, std::move(ways), pace};
            co_await check_all(dependency, web);
            outcome.replaced = static_cast<int>(client.replaced());
            outcome.discarded = static_cast<int>(client.discarded());
        };
        co_await with_group(body);
        if (web)
            outcome.viewers = static_cast<int>(web->hub.joined());
        web.reset();
        outcome.before = before;
        outcome.after = co_await look_until_same(sockets, before, patience);
        outcome.opened = sockets.opened();
    }
};

}  // namespace

std::vector<std::string> Outcome::leaks() const {
    std::vector<std::string> all;
    auto kinds = before.descriptors;
    kinds.insert(after.descriptors.begin(), after.descriptors.end());
    for (const auto& [kind, ignored] : kinds) {
        const auto count = [&kind = kind](const Resources& resources) {
            const auto found = resources.descriptors.find(kind);
            return found == resources.descriptors.end() ? 0 : found->second;
        };
        if (count(before) != count(after))
            all.push_back(fmt::format("{}: {} before, {} after", kind, count(before), count(after)));
    }
    if (before.threads != after.threads)
        all.push_back(fmt::format("threads: {} before, {} after", before.threads, after.threads));
    if (before.zmq_open() != after.zmq_open())
        all.push_back(fmt::format("ZeroMQ sockets: {} before, {} after", before.zmq_open(), after.zmq_open()));
    if (median_growth() > max_growth)
        all.push_back(fmt::format("memory: {} bytes more in a quarter, the median", median_growth()));
    return all;
}

std::int64_t Outcome::median_growth() const {
    auto sorted = growth;
    std::sort(sorted.begin(), sorted.end());
    return sorted.empty() ? 0 : sorted[sorted.size() / 2];
}

std::string free_port() {
    asio::io_context io;
    const asio::ip::tcp::acceptor acceptor{io, {asio::ip::address_v4::loopback(), 0}};
    return std::to_string(acceptor.local_endpoint().port());
}

double check_rate(int checks, bool reused) {
    const World world{"well", "well"};
    const Peer peer{world};
    ZmqSockets sockets;
    asio::io_context io{1};
    const auto began = Clock::now();
    int answered = 0;
    const auto ask = [&]() -> awaitable<void> {
        std::optional<MdpProbe> way;
        for (int count = 0; count < checks; ++count) {
            if (!way || !reused) {
                mdp::Peer asked{peer.endpoint(), mdp::Dialect::rfc18, "sign", false};
                way.emplace(io.get_executor(), sockets, std::move(asked));
            }
            const auto answer = co_await way->ask(Clock::now() + 500ms);
            answered += answer.came ? 1 : 0;
        }
    };
    asio::co_spawn(io, ask(), [](std::exception_ptr) {});
    io.run();
    return answered / std::chrono::duration<double>(Clock::now() - began).count();
}

Outcome run_world(const World& world, int checks, ZmqHabits habits, const std::function<void()>& before_end) {
    Run all{world, checks, std::move(habits)};
    asio::io_context io{1};
    std::exception_ptr failure;
    asio::co_spawn(io, all.run(), [&](std::exception_ptr error) { failure = error; });
    io.run();
    if (before_end)
        before_end();
    if (failure)
        std::rethrow_exception(failure);
    return std::move(all.outcome);
}

}  // namespace revenant::test
