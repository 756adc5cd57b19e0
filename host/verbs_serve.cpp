// The verb serve: the Octez remote signer over HTTP, as a service.
#include <memory>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "common/service/log.hpp"
#include "common/service/notify.hpp"
#include "common/service/watchdog.hpp"
#include "host/serve/server.hpp"
#include "host/verbs.hpp"

namespace revenant::host {
namespace {

/// All of a running server. It outlives the coroutines in `tasks`.
class Remote {
public:
    Remote(TaskGroup& tasks, const asio::any_io_executor& executor, const Options& options,
           serve::ServeSettings settings)
        : settings_{std::move(settings)},
          signer_{executor, options, settings_},
          service_{signer_, settings_},
          server_{tasks, executor, service_, settings_} {
        const auto where = fmt::format("listening at {}", server_.where());
        spdlog::info("{}", where);
        service::ready(where);
        tasks.spawn(service::keep_watchdog_content());
        tasks.spawn(signer_.run());
        tasks.spawn(signer_.tell(where));
    }

    awaitable<void> finish() { return server_.finish(); }

private:
    serve::ServeSettings settings_;
    serve::Signer signer_;
    serve::Service service_;
    serve::Server server_;
};

awaitable<void> serve_until_asked_to_end(const Options& options, std::unique_ptr<Remote>& remote, TaskGroup& tasks) {
    remote =
        std::make_unique<Remote>(tasks, co_await asio::this_coro::executor, options, serve::serve_settings(options));
    try {
        co_await tasks.finished();
        co_return;                   // one of them failed, which the group tells
    } catch (const system_error&) {  // asked to end
    }
    co_await asio::this_coro::throw_if_cancelled(false);
    co_await remote->finish();
}

}  // namespace

awaitable<Report> serve_signatures(const Call& call, Device& /*device*/) {
    start_logging("revenant", {call.options.text("log-level"), {}, 0});
    std::unique_ptr<Remote> remote;
    const auto life = [&](TaskGroup& tasks) { return serve_until_asked_to_end(call.options, remote, tasks); };
    co_await with_group(life);
    co_return Report{};
}

}  // namespace revenant::host
