#include "common/service/watchdog.hpp"

#include "common/service/notify.hpp"

namespace revenant::service {

awaitable<void> keep_watchdog_content(std::function<bool()> healthy) {
    const auto interval = watchdog_interval();
    if (!interval)
        co_return;
    asio::steady_timer next{co_await asio::this_coro::executor};
    for (auto expected = std::chrono::steady_clock::now();; expected = next.expiry()) {
        const auto late = std::chrono::steady_clock::now() - expected;
        if (late < *interval / 8 && (!healthy || healthy()))
            ping_watchdog();
        next.expires_after(*interval / 4);
        co_await next.async_wait(use_awaitable);
    }
}

}  // namespace revenant::service
