// The verb serve: the Octez remote signer over HTTP, as a service.
#include <algorithm>
#include <memory>

#include <boost/asio/signal_set.hpp>
#include <sys/resource.h>

#include "common/service/log.hpp"
#include "common/service/notify.hpp"
#include "host/cli/verbs.hpp"
#include "host/serve/signer_app.hpp"

namespace revenant::host {
namespace {

/// As many as this process may have: each connection is one.
void allow_descriptors() {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = std::min<rlim_t>(limit.rlim_max, 4096);
        ::setrlimit(RLIMIT_NOFILE, &limit);
    }
}

awaitable<void> reload_when_told(serve::SignerApp& remote) {
    asio::signal_set hang_ups{co_await asio::this_coro::executor, SIGHUP};
    for (;;) {
        co_await hang_ups.async_wait(use_awaitable);
        remote.reload();
    }
}

awaitable<void> serve_until_asked_to_end(const Call& call, std::unique_ptr<serve::SignerApp>& remote,
                                         TaskGroup& tasks) {
    remote = std::make_unique<serve::SignerApp>(tasks, co_await asio::this_coro::executor, call.options, call.operands);
    if (service::managed())  // else SIGHUP is the end of the terminal: run_until_signalled()
        tasks.spawn(reload_when_told(*remote));
    try {
        co_await tasks.finished();
        co_return;                   // one of them failed: the group rethrows its exception
    } catch (const system_error&) {  // asked to end
    }
    co_await asio::this_coro::throw_if_cancelled(false);
    co_await remote->finish();
}

}  // namespace

awaitable<Report> serve_signatures(const Call& call, Device& /*device*/) {
    start_logging("revenant", {call.options.text("log-level"), {}, 0});
    allow_descriptors();
    std::unique_ptr<serve::SignerApp> remote;
    const auto life = [&](TaskGroup& tasks) { return serve_until_asked_to_end(call, remote, tasks); };
    co_await with_group(life);
    co_return Report{};
}

}  // namespace revenant::host
