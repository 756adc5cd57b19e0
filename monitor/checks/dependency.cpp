#include "monitor/checks/dependency.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace revenant::monitor {

Dependency::Dependency(std::string name, bool essential, std::vector<std::unique_ptr<Way>> ways, CheckPace pace,
                       Clock clock)
    : name_{std::move(name)}, essential_{essential}, pace_{pace}, clock_{std::move(clock)} {
    for (auto& way : ways) {
        const auto same = [&](const Road& road) { return std::string_view{road.way->name()} == way->name(); };
        const auto before = std::count_if(roads_.begin(), roads_.end(), same);
        auto unique = before == 0 ? std::string{way->name()} : fmt::format("{}#{}", way->name(), before + 1);
        roads_.push_back({std::move(way), std::move(unique), Breaker{pace.breaker}});
    }
}

awaitable<void> Dependency::run(Report report) {
    asio::steady_timer turn{co_await asio::this_coro::executor, std::chrono::steady_clock::now()};
    for (;;) {
        co_await turn.async_wait(use_awaitable);
        auto finding = co_await check();
        report(*this, std::move(finding));
        auto next = turn.expiry() + pace_.period;
        while (next <= std::chrono::steady_clock::now())
            next += pace_.period;
        turn.expires_at(next);
    }
}

awaitable<Finding> Dependency::check() {
    ++checks_;
    const auto began = clock_();
    const auto deadline = began + pace_.deadline;
    Answer answer{false, Health::unhealthy, "it is not asked, since it did not answer: its breaker is open"};
    std::size_t road = 0;
    for (; road < roads_.size() && !answer.came; ++road)
        if (roads_[road].breaker.admits(clock_()))
            answer = co_await ask_along(roads_[road], share_of(road, deadline));
    co_return finding_of(answer, road - 1, began);
}

awaitable<Answer> Dependency::ask_along(Road& road, Moment deadline) {
    auto answer = co_await road.way->ask(deadline);
    if (answer.came)
        road.breaker.succeeded();
    else
        road.breaker.failed(clock_());
    if (road.breaker.state() == Breaker::State::open)
        road.way->let_go();  // nobody listens to it for a while
    co_return answer;
}

void Dependency::let_go() {
    for (auto& road : roads_)
        road.way->let_go();
}

/// What is left is shared by the ways that are left, so that the last one too has time.
Moment Dependency::share_of(std::size_t road, Moment deadline) const {
    const auto now = clock_();
    const auto left = static_cast<Moment::duration::rep>(roads_.size() - road);
    return deadline > now ? now + (deadline - now) / left : deadline;
}

Finding Dependency::finding_of(const Answer& answer, std::size_t road, Moment began) {
    Finding finding{answer.health, answer.reason};
    failures_ = answer.came ? 0 : failures_ + 1;
    finding.failures = failures_;
    finding.stale = !answer.came;
    finding.breaker = name_of(roads_.front().breaker.state());
    for (const auto& each : roads_)
        finding.breakers.emplace_back(each.name, name_of(each.breaker.state()));
    if (!answer.came)
        return finding;
    finding.latency = std::chrono::duration_cast<std::chrono::microseconds>(clock_() - began);
    if (road > 0) {
        finding.reason = fmt::format("{}, via {}", answer.reason, roads_[road].name);
        if (finding.health == Health::healthy) {
            finding.health = Health::degraded;
            finding.reason = fmt::format("degraded, via {}: {}", roads_[road].name, answer.reason);
        }
    }
    return finding;
}

}  // namespace revenant::monitor
