#include "monitor/monitor.hpp"

#include <list>
#include <memory>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "common/core/task_group.hpp"
#include "common/service/notify.hpp"
#include "common/service/watchdog.hpp"
#include "common/version.hpp"
#include "monitor/signer/link.hpp"
#include "monitor/web/server.hpp"

namespace revenant::monitor {
namespace {

constexpr std::size_t most_signers = 8;

/// All of a running monitor. It outlives the coroutines in `tasks`.
class Monitor {
public:
    Monitor(TaskGroup& tasks, const asio::any_io_executor& executor, Settings settings)
        : tasks_{tasks},
          settings_{std::move(settings)},
          access_{settings_.token_file.empty() ? Access{} : Access{settings_.token_file}},
          board_{revenant::version},
          hub_{settings_.web.streams, [this] { return snapshot(); }},
          service_{board_, hub_, access_},
          server_{tasks, executor, service_, hub_, settings_.listen, settings_.web} {
        board_.tell({[this](std::string_view name, std::string key, const boost::json::object& data) {
                         hub_.publish_state(name, std::move(key), data);
                     },
                     [this](std::string_view name, const boost::json::object& data) { hub_.publish_line(name, data); }});
        const auto where = fmt::format("the page is at http://{}/", server_.where());
        spdlog::info("{}", where);
        for (const auto& path : settings_.signers)
            watch(path);
        tasks.spawn(service::keep_watchdog_content());
        tasks.spawn(sample());
        board_.enter(Board::Stage::running, instant_now());
        service::ready(where);
    }

    awaitable<void> finish() {
        board_.enter(Board::Stage::stopping, instant_now());
        return server_.finish();
    }

private:
    boost::json::object snapshot() {
        auto state = board_.state_json(instant_now());
        state["boot"] = hub_.boot();
        state["sequence"] = hub_.sequence();
        return state;
    }

    void watch(const std::filesystem::path& socket) {
        if (links_.size() >= most_signers)
            return;
        for (const auto& link : links_)
            if (link.socket() == socket)
                return;
        auto& link = links_.emplace_back(board_, socket.parent_path().filename().string(), socket);
        tasks_.spawn(link.run());
    }

    /// Signers that came since the last look: systemd makes the directory of each when it starts.
    void discover() {
        std::error_code failed;
        for (const auto& entry : std::filesystem::directory_iterator{settings_.run_directory, failed})
            if (entry.path().filename().string().rfind("signer-", 0) == 0)
                watch(entry.path() / "status.sock");
    }

    awaitable<void> sample() {
        asio::steady_timer pause{co_await asio::this_coro::executor};
        for (;;) {
            if (settings_.signers.empty())
                discover();
            board_.sample(look_at_self(), server_.connections(), instant_now());
            pause.expires_after(settings_.sample);
            co_await pause.async_wait(use_awaitable);
        }
    }

    TaskGroup& tasks_;
    Settings settings_;
    Access access_;
    Board board_;
    Hub hub_;
    Service service_;
    Server server_;
    std::list<SignerLink> links_;
};

awaitable<void> monitor_until_asked_to_end(Settings settings, std::unique_ptr<Monitor>& monitor, TaskGroup& tasks) {
    monitor = std::make_unique<Monitor>(tasks, co_await asio::this_coro::executor, std::move(settings));
    try {
        co_await tasks.finished();
        co_return;                   // one of them failed, which the group tells
    } catch (const system_error&) {  // asked to end
    }
    co_await asio::this_coro::throw_if_cancelled(false);
    co_await monitor->finish();
}

}  // namespace

awaitable<void> run_monitor(Settings settings) {
    std::unique_ptr<Monitor> monitor;
    const auto life = [&](TaskGroup& tasks) {
        return monitor_until_asked_to_end(std::move(settings), monitor, tasks);
    };
    co_await with_group(life);
}

}  // namespace revenant::monitor
