#include "gadget/watchdog.hpp"

#include "common/service/notify.hpp"

namespace revenant {

awaitable<void> feed_watchdog(std::function<bool()> alive) {
    const auto interval = service::watchdog_interval();
    if (!interval)
        co_return;
    asio::steady_timer pause{co_await asio::this_coro::executor};
    for (;;) {
        if (alive())
            service::ping_watchdog();
        pause.expires_after(*interval / 3);
        co_await pause.async_wait(use_awaitable);
    }
}

}  // namespace revenant
