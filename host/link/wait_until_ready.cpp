#include "host/link/wait_until_ready.hpp"

#include "common/async/backoff.hpp"

namespace revenant::host {

awaitable<Readiness> wait_until_ready(Link& link, std::chrono::milliseconds limit) {
    const auto end = Clock::now() + limit;
    Backoff pause{10ms, 500ms};
    for (;;) {
        const auto readiness = co_await link.probe();
        if (readiness != Readiness::not_ready || Clock::now() >= end)
            co_return readiness;
        co_await link.changed(pause.next());
    }
}

}  // namespace revenant::host
