#include "common/service/watchdog.hpp"

#include "common/async/within.hpp"
#include "common/service/notify.hpp"

namespace revenant::service {

awaitable<void> keep_watchdog_content(std::function<bool()> healthy) {
    const auto interval = watchdog_interval();
    if (!interval)
        co_return;
    for (auto expected = Clock::now();;) {
        const auto late = Clock::now() - expected;
        if (late < *interval / 8 && (!healthy || healthy()))
            ping_watchdog();
        expected = Clock::now() + *interval / 4;
        co_await sleep_until(expected);
    }
}

}  // namespace revenant::service
