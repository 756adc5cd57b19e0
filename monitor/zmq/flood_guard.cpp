#include "monitor/zmq/flood_guard.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <malloc.h>

#include "common/async/within.hpp"
#include "monitor/health/memory_guard.hpp"

namespace revenant::monitor {
namespace {

using namespace std::chrono_literals;

// Measured: a flood over loopback adds 22 MiB in 20 ms; 1,000 viewers take 16 MiB. The unit's MemoryMax= is 128 MiB.
constexpr std::uint64_t max_growth_kib = 40 * 1024;
constexpr std::uint64_t much = 512 * 1024;  // bytes; libzmq needs 64 for an empty part of 2
constexpr auto pace = 10ms;
constexpr unsigned trims_after_flood = 20;  // libzmq frees on its own thread, with a delay
constexpr auto is_news = 60s;

}  // namespace

awaitable<void> FloodGuard::run() {
    const OwnMemory own;
    MemoryGuard guard{max_growth_kib};
    for (unsigned trims = 0;; trims -= std::min(trims, 1U)) {
        co_await sleep_for(pace);
        if (trims > 0)
            ::malloc_trim(0);  // else the heap keeps freed memory
        if (!guard.overfull(own.kib()))
            continue;
        ++floods_;
        last_ = Clock::now();
        text_ =
            fmt::format("memory grew by {} MiB, all ZeroMQ sockets were closed: {}", max_growth_kib / 1024, culprit());
        reset_();
        trims = trims_after_flood;
    }
}

std::string FloodGuard::news() const {
    const bool is = floods_ > 0 && Clock::now() - last_ < is_news;
    return is ? text_ : "";
}

/// Names the broker that sent most since the last baseline.
std::string FloodGuard::culprit() const {
    const auto now = intake_now();
    const auto of = [](const Intake& intake, const std::string& broker) {
        const auto found = intake.find(broker);
        return found == intake.end() ? 0 : found->second;
    };
    std::pair<std::uint64_t, std::string> loudest;
    for (const auto& broker : brokers_) {
        const auto all = of(now, broker), before = of(intake_, broker);
        loudest = std::max(loudest, {all < before ? all : all - before, broker});  // less: a new connection
    }
    return loudest.first < much
               ? "no broker sent much recently"
               : fmt::format("the broker at {} sends an endless message, fix it or remove it from dependencies",
                             loudest.second);
}

}  // namespace revenant::monitor
