// The command serve: the Octez remote signer over HTTP, as a service.
#include <algorithm>
#include <memory>

#include <boost/asio/signal_set.hpp>
#include <sys/resource.h>

#include "common/core/log.hpp"
#include "common/service/log.hpp"
#include "common/service/notify.hpp"
#include "host/cli/commands.hpp"
#include "host/serve/signer_app.hpp"

namespace revenant::host {
namespace {

/// Each connection needs a descriptor; many systems set a low soft limit.
void raise_descriptor_limit() {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = std::min<rlim_t>(limit.rlim_max, 4096);
        ::setrlimit(RLIMIT_NOFILE, &limit);
    }
}

/// tezsign's `run` has these options.
void report_options_without_effect(const Options& options) {
    if (options.origin("keep-alive") != "default")
        log::warn("--keep-alive has no effect: the link to the device needs no keep-alive interval");
    if (options.flag("no-retry"))
        log::warn("--no-retry has no effect: the signer waits for a disconnected device and does not exit");
}

awaitable<void> reload_on_sighup(serve::SignerApp& app) {
    asio::signal_set hang_ups{co_await asio::this_coro::executor, SIGHUP};
    for (;;) {
        co_await hang_ups.async_wait(use_awaitable);
        app.reload();
    }
}

awaitable<void> serve_until_stopped(const Call& call, std::unique_ptr<serve::SignerApp>& app, TaskGroup& tasks) {
    app = std::make_unique<serve::SignerApp>(tasks, co_await asio::this_coro::executor, call.options, call.operands);
    app->start();
    if (service::managed())  // else SIGHUP is the end of the terminal: run_until_signalled()
        tasks.spawn(reload_on_sighup(*app));
    try {
        co_await tasks.finished();
        co_return;                   // a task failed: the group rethrows its exception
    } catch (const system_error&) {  // stopped by a signal
    }
    co_await asio::this_coro::throw_if_cancelled(false);
    co_await app->finish();
}

}  // namespace

awaitable<Report> serve_signatures(const Call& call, Device& /*device*/) {
    start_logging("revenant", {call.options.text("log-level"), {}, 0});
    report_options_without_effect(call.options);
    raise_descriptor_limit();
    std::unique_ptr<serve::SignerApp> app;
    const auto life = [&](TaskGroup& tasks) { return serve_until_stopped(call, app, tasks); };
    co_await with_group(life);
    co_return Report{};
}

}  // namespace revenant::host
