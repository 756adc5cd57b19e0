#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "monitor/checks/breaker.hpp"
#include "monitor/checks/probe.hpp"

namespace revenant::monitor {

/// Interval and deadline of the checks of a dependency.
struct CheckPace {
    std::chrono::milliseconds period{500};    ///< from the start of one check to the start of the next
    std::chrono::milliseconds deadline{500};  ///< for one check, shared by all its probes
    Breaker::Settings breaker{};
};

/// A service that the monitor checks through an ordered list of probes: the next one is used if one gets no response.
/// At most one request at a time. One thread.
class Dependency {
public:
    using Report = std::function<void(const Dependency&, CheckResult)>;

    Dependency(std::string name, bool essential, std::vector<std::unique_ptr<Probe>> probes, CheckPace pace);

    /// Checks once per period and reports, until cancelled. A period that elapses during a check is skipped.
    awaitable<void> run(Report report);
    awaitable<CheckResult> check();
    /// Closes the resources that its probes keep; the next check opens them again.
    void reset();

    [[nodiscard]] const std::string& name() const { return name_; }
    [[nodiscard]] bool essential() const { return essential_; }
    [[nodiscard]] std::uint64_t checks() const { return checks_; }

private:
    struct GuardedProbe {
        std::unique_ptr<Probe> probe;
        std::string name;  // unique: "http", "http#2"
        Breaker breaker;
    };
    awaitable<Answer> ask_guarded(GuardedProbe& probe, Moment deadline);
    [[nodiscard]] Moment share_of(std::size_t probe, Moment deadline) const;
    [[nodiscard]] CheckResult result_of(const Answer& answer, std::size_t probe, Moment began);

    std::string name_;
    bool essential_;
    std::vector<GuardedProbe> probes_;
    CheckPace pace_;
    unsigned failures_ = 0;
    std::uint64_t checks_ = 0;
};

}  // namespace revenant::monitor
