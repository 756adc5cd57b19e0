#include "monitor/monitor.hpp"

#include <algorithm>
#include <list>
#include <memory>
#include <utility>

#include <fmt/format.h>

#include "common/async/task_group.hpp"
#include "common/core/log.hpp"
#include "common/core/version.hpp"
#include "common/http/server.hpp"
#include "common/metrics/process.hpp"
#include "common/net/tcp_listener.hpp"
#include "common/service/notify.hpp"
#include "common/service/watchdog.hpp"
#include "monitor/checks/build.hpp"
#include "monitor/checks/signer_link.hpp"
#include "monitor/health/clock.hpp"
#include "monitor/zmq/flood_guard.hpp"

namespace revenant::monitor {
namespace {

constexpr std::size_t max_signers = 8;

/// The running monitor. Must outlive the coroutines in `tasks`.
class Monitor {
public:
    Monitor(TaskGroup& tasks, const asio::any_io_executor& executor, Settings settings)
        : tasks_{tasks},
          settings_{std::move(settings)},
          access_{settings_.token_file.empty() ? Access{} : Access{settings_.token_file}},
          registry_{revenant::version},
          hub_{settings_.web.streams, [this] { return snapshot(); }},
          service_{registry_,           hub_, access_, [this] { return server_.connections(); }, settings_.web.pace,
                   settings_.host_names},
          server_{tasks, executor, service_, fmt::format("revenant-monitor/{}", revenant::version),
                  settings_.web.http} {
        server_.listen(listen_at(executor, settings_.listen));
        registry_.listen(
            {[this](std::string_view name, std::string key, const boost::json::object& data) {
                 hub_.publish_state(name, std::move(key), data);
             },
             [this](std::string_view name, const boost::json::object& data) { hub_.publish_line(name, data); }});
    }

    void start(const asio::any_io_executor& executor) {
        server_.start();
        const auto where = fmt::format("the page is at http://{}/", server_.where());
        log::info("{}", where);
        for (const auto& path : settings_.signers)
            watch(path);
        for (const auto& declaration : settings_.dependencies) {
            auto& dependency =
                *dependencies_.emplace_back(build_dependency(executor, sockets_, declaration, settings_.pace));
            tasks_.spawn(dependency.run([this](const Dependency& of, CheckResult result) {
                registry_.record("dependency:" + of.name(), "dependency", of.essential(), std::move(result),
                                 instant_now());
            }));
        }
        tasks_.spawn(service::keep_watchdog_content());
        tasks_.spawn(sample());
        if (sockets_)
            guard_memory();
        registry_.enter(HealthRegistry::Stage::running, instant_now());
        service::ready(where);
    }

    awaitable<void> finish() {
        registry_.enter(HealthRegistry::Stage::stopping, instant_now());
        hub_.finish();
        return server_.finish();
    }

private:
    boost::json::object snapshot() {
        auto state = registry_.state_json(instant_now());
        state["boot"] = hub_.boot();
        state["sequence"] = hub_.sequence();
        return state;
    }

    void watch(const std::filesystem::path& socket) {
        for (const auto& link : links_)
            if (link.socket() == socket)
                return;
        if (links_.size() >= max_signers) {
            if (!std::exchange(told_of_too_many_, true))
                log::warn("more than {} signers found, '{}' is not watched", max_signers, socket.string());
            return;
        }
        SignerLink::Events events{[this](const SignerLink& of, SignerStatus status) {
                                      registry_.on_status(of.name(), of.socket().string(), std::move(status),
                                                          instant_now());
                                  },
                                  [this](const SignerLink& of, const std::string& reason) {
                                      registry_.on_silence(of.name(), of.socket().string(), reason, instant_now());
                                  }};
        auto& link = links_.emplace_back(std::move(events), name_for(socket), socket, settings_.pace);
        tasks_.spawn(link.run());
    }

    /// The socket's directory, unique among the signers: "signer", "signer#2".
    [[nodiscard]] std::string name_for(const std::filesystem::path& socket) const {
        const auto base = socket.parent_path().filename().string();
        const auto same = [&](const SignerLink& link) {
            return link.socket().parent_path().filename().string() == base;
        };
        const auto before = std::count_if(links_.begin(), links_.end(), same);
        return before == 0 ? base : fmt::format("{}#{}", base, before + 1);
    }

    /// Finds signers started since the last call: systemd creates each one's directory at start.
    void discover() {
        std::error_code failed;
        for (const auto& entry : std::filesystem::directory_iterator{settings_.run_directory, failed})
            if (entry.path().filename().string().rfind("signer-", 0) == 0)
                watch(entry.path() / "status.sock");
    }

    [[nodiscard]] Resources resources() const {
        Resources resources{read_process_usage()};
        if (sockets_) {
            resources.zmq_opened = sockets_->opened();
            resources.zmq_closed = sockets_->closed();
            resources.zmq_cap = ZmqSockets::cap;
        }
        if (floods_) {
            resources.zmq_floods = floods_->floods();
            resources.zmq_flood = floods_->news();
        }
        return resources;
    }

    void guard_memory() {
        std::vector<std::string> brokers;
        for (const auto& declaration : settings_.dependencies)
            for (const auto& target : declaration.targets)
                if (const auto* const mdp = std::get_if<MdpTarget>(&target))
                    brokers.push_back(mdp->endpoint);
        floods_.emplace(std::move(brokers), [this] {
            for (auto& dependency : dependencies_)
                dependency->reset();
            registry_.review(resources(), server_.connections(), instant_now());
        });
        tasks_.spawn(floods_->run());
    }

    awaitable<void> sample() {
        for (;;) {
            if (settings_.signers.empty())
                discover();
            registry_.record("clock", "clock", false, check_clock(), instant_now());
            registry_.sample(resources(), server_.connections(), instant_now());
            if (floods_ && floods_->news().empty())
                floods_->reset_baseline();
            co_await sleep_for(settings_.sample);
        }
    }

    TaskGroup& tasks_;
    Settings settings_;
    Access access_;
    HealthRegistry registry_;
    Hub hub_;
    Service service_;
    http::Server server_;
    std::list<SignerLink> links_;
    bool told_of_too_many_ = false;
    std::optional<ZmqSockets> sockets_;  // before its users, so that it is destroyed after them
    std::vector<std::unique_ptr<Dependency>> dependencies_;
    std::optional<FloodGuard> floods_;
};

awaitable<void> monitor_until_asked_to_end(Settings settings, std::unique_ptr<Monitor>& monitor, TaskGroup& tasks) {
    const auto executor = co_await asio::this_coro::executor;
    monitor = std::make_unique<Monitor>(tasks, executor, std::move(settings));
    monitor->start(executor);
    try {
        co_await tasks.finished();
        co_return;                   // a task failed; the group reports it
    } catch (const system_error&) {  // cancelled
    }
    co_await asio::this_coro::throw_if_cancelled(false);
    co_await monitor->finish();
}

}  // namespace

awaitable<void> run_monitor(Settings settings) {
    std::unique_ptr<Monitor> monitor;
    const auto life = [&](TaskGroup& tasks) { return monitor_until_asked_to_end(std::move(settings), monitor, tasks); };
    co_await with_group(life);
}

}  // namespace revenant::monitor
