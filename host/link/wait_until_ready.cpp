#include "host/link/wait_until_ready.hpp"

#include "common/async/backoff.hpp"

namespace revenant::host {

awaitable<Readiness> wait_until_ready(Link& link, std::chrono::milliseconds limit) {
    const auto end = std::chrono::steady_clock::now() + limit;
    Backoff pause{10ms, 500ms};
    for (;;) {
        const auto readiness = co_await link.probe();
        if (readiness != Readiness::not_ready || std::chrono::steady_clock::now() >= end)
            co_return readiness;
        co_await link.changed(pause.next());
    }
}

}  // namespace revenant::host
