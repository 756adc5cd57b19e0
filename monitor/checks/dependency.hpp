#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "monitor/checks/breaker.hpp"
#include "monitor/checks/probe.hpp"

namespace revenant::monitor {

/// How often and how patiently a dependency is asked.
struct CheckPace {
    std::chrono::milliseconds period{500};    ///< from the start of one check to the start of the next
    std::chrono::milliseconds deadline{500};  ///< for one check, whatever the number of its ways
    Breaker::Settings breaker{};
};

/// Something else that must be well: asked in one way, or in the next where that brings no answer. Never more than one
/// question at a time. One thread.
class Dependency {
public:
    using Report = std::function<void(const Dependency&, CheckResult)>;
    using Clock = std::function<Moment()>;

    Dependency(std::string name, bool essential, std::vector<std::unique_ptr<Probe>> probes, CheckPace pace,
               Clock clock = std::chrono::steady_clock::now);

    /// Checks at each turn of the period and reports, until cancelled. A turn that comes while a check is under way is
    /// left out.
    awaitable<void> run(Report report);
    /// One check.
    awaitable<CheckResult> check();
    /// Gives up all that its ways keep. They get it anew when they are asked again.
    void reset();

    [[nodiscard]] const std::string& name() const { return name_; }
    [[nodiscard]] bool essential() const { return essential_; }
    [[nodiscard]] std::uint64_t checks() const { return checks_; }

private:
    struct GuardedProbe {
        std::unique_ptr<Probe> probe;
        std::string name;  // of the way; unique
        Breaker breaker;
    };
    awaitable<Answer> ask_guarded(GuardedProbe& probe, Moment deadline);
    [[nodiscard]] Moment share_of(std::size_t probe, Moment deadline) const;
    [[nodiscard]] CheckResult result_of(const Answer& answer, std::size_t probe, Moment began);

    std::string name_;
    bool essential_;
    std::vector<GuardedProbe> probes_;
    CheckPace pace_;
    Clock clock_;
    unsigned failures_ = 0;
    std::uint64_t checks_ = 0;
};

}  // namespace revenant::monitor
