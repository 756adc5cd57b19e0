#include "monitor/zmq/flood_guard.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <malloc.h>

#include "monitor/health/memory_guard.hpp"

namespace revenant::monitor {
namespace {

using namespace std::chrono_literals;

// A flood over loopback was seen to bring 22 MiB in 20 ms; the unit's MemoryMax= is 128 MiB, and 1,000 viewers take 16.
constexpr std::uint64_t max_growth_kib = 40 * 1024;
constexpr std::uint64_t much = 512 * 1024;  // bytes: the 2 of an empty part become 64
constexpr auto pace = 10ms;
constexpr unsigned trims_after_flood = 20;  // libzmq frees on its own thread, a little later
constexpr auto is_news = 60s;

}  // namespace

awaitable<void> FloodGuard::run() {
    const OwnMemory own;
    MemoryGuard guard{max_growth_kib};
    asio::steady_timer pause{co_await asio::this_coro::executor};
    for (unsigned trims = 0;; trims -= std::min(trims, 1U)) {
        pause.expires_after(pace);
        co_await pause.async_wait(use_awaitable);
        if (trims > 0)
            ::malloc_trim(0);  // else the heap keeps what is freed
        if (!guard.overfull(own.kib()))
            continue;
        ++floods_;
        last_ = std::chrono::steady_clock::now();
        text_ = fmt::format("its memory grew by {} MiB, so it closed its ZeroMQ sockets: {}", max_growth_kib / 1024,
                            culprit());
        let_go_();
        trims = trims_after_flood;
    }
}

std::string FloodGuard::news() const {
    const bool is = floods_ > 0 && std::chrono::steady_clock::now() - last_ < is_news;
    return is ? text_ : "";
}

/// The broker that sent most since all was well.
std::string FloodGuard::culprit() const {
    const auto now = intake_now();
    const auto of = [](const Intake& intake, const std::string& broker) {
        const auto found = intake.find(broker);
        return found == intake.end() ? 0 : found->second;
    };
    std::pair<std::uint64_t, std::string> loudest;
    for (const auto& broker : brokers_) {
        const auto all = of(now, broker), before = of(intake_, broker);
        loudest = std::max(loudest, {all < before ? all : all - before, broker});  // less: another connection
    }
    return loudest.first < much ? "though no broker sent much of late"
                                : fmt::format("the broker at {} sends a message that does not end", loudest.second);
}

}  // namespace revenant::monitor
