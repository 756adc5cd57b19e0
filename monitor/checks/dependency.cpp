#include "monitor/checks/dependency.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "common/async/within.hpp"

namespace revenant::monitor {

Dependency::Dependency(std::string name, bool essential, std::vector<std::unique_ptr<Probe>> probes, CheckPace pace)
    : name_{std::move(name)}, essential_{essential}, pace_{pace} {
    for (auto& probe : probes) {
        const auto same = [&](const GuardedProbe& other) {
            return std::string_view{other.probe->name()} == probe->name();
        };
        const auto before = std::count_if(probes_.begin(), probes_.end(), same);
        auto unique = before == 0 ? std::string{probe->name()} : fmt::format("{}#{}", probe->name(), before + 1);
        probes_.push_back({std::move(probe), std::move(unique), Breaker{pace.breaker}});
    }
}

awaitable<void> Dependency::run(Report report) {
    for (auto next = Clock::now();;) {
        co_await sleep_until(next);
        auto result = co_await check();
        report(*this, std::move(result));
        do
            next += pace_.period;
        while (next <= Clock::now());
    }
}

awaitable<CheckResult> Dependency::check() {
    ++checks_;
    const auto began = Clock::now();
    const auto deadline = began + pace_.deadline;
    Answer answer{false, Health::unhealthy, "not checked: its circuit breaker is open after repeated failures"};
    std::size_t probe = 0;
    for (; probe < probes_.size() && !answer.came; ++probe)
        if (probes_[probe].breaker.admits(Clock::now()))
            answer = co_await ask_guarded(probes_[probe], share_of(probe, deadline));
    co_return result_of(answer, probe - 1, began);
}

awaitable<Answer> Dependency::ask_guarded(GuardedProbe& probe, Moment deadline) {
    auto answer = co_await probe.probe->ask(deadline);
    if (answer.came)
        probe.breaker.succeeded();
    else
        probe.breaker.failed(Clock::now());
    if (probe.breaker.state() == Breaker::State::open)
        probe.probe->reset();  // it is unused while the breaker is open
    co_return answer;
}

void Dependency::reset() {
    for (auto& probe : probes_)
        probe.probe->reset();
}

/// Splits the remaining time evenly among the remaining probes, so that the last one has time too.
Moment Dependency::share_of(std::size_t probe, Moment deadline) const {
    const auto now = Clock::now();
    const auto left = static_cast<Moment::duration::rep>(probes_.size() - probe);
    return deadline > now ? now + (deadline - now) / left : deadline;
}

CheckResult Dependency::result_of(const Answer& answer, std::size_t probe, Moment began) {
    CheckResult result{answer.health, answer.reason};
    failures_ = answer.came ? 0 : failures_ + 1;
    result.failures = failures_;
    result.stale = !answer.came;
    result.breaker = name_of(probes_.front().breaker.state());
    for (const auto& each : probes_)
        result.breakers.emplace_back(each.name, name_of(each.breaker.state()));
    if (!answer.came)
        return result;
    result.latency = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - began);
    if (probe > 0) {
        result.reason = fmt::format("{}, via {}", answer.reason, probes_[probe].name);
        if (result.health == Health::healthy) {
            result.health = Health::degraded;
            result.reason = fmt::format("degraded, via {}: {}", probes_[probe].name, answer.reason);
        }
    }
    return result;
}

}  // namespace revenant::monitor
