#include "monitor/checks/mdp_probe.hpp"

#include <fmt/format.h>

namespace revenant::monitor {
namespace {

constexpr unsigned absences_borne = 2;  // tolerates a worker that restarts

}  // namespace

awaitable<Answer> MdpProbe::ask(Moment deadline) {
    using Outcome = mdp::Verdict::Outcome;
    const auto verdict = co_await client_.ask(deadline);
    if (verdict.outcome != Outcome::absent)
        absences_ = 0;
    switch (verdict.outcome) {
        case Outcome::found:
            co_return Answer{true, Health::healthy, fmt::format("the broker serves '{}'", service_)};
        case Outcome::absent:
            absences_ = std::min(absences_ + 1, absences_borne + 1);
            co_return Answer{true, absences_ > absences_borne ? Health::unhealthy : Health::degraded,
                             fmt::format("the broker has no worker for '{}'", service_)};
        case Outcome::strange:
            co_return Answer{true, Health::degraded,
                             fmt::format("the broker returned {} for '{}'", verdict.code, service_)};
        case Outcome::no_echo:
            co_return Answer{false, Health::unhealthy,
                             fmt::format("no echo from the service '{}', but the broker responds with {}: check that "
                                         "the service implements the echo",
                                         service_, verdict.code)};
        case Outcome::silent:
            break;
        case Outcome::no_socket:
            co_return Answer{false, Health::unhealthy, "cannot open a socket: " + verdict.code};
    }
    co_return Answer{false, Health::unhealthy, "no response from the broker within the deadline"};
}

}  // namespace revenant::monitor
