#pragma once

#include "test/model/reserve/bounds.hpp"
#include "test/model/reserve/opening.hpp"
#include "test/model/reserve/state.hpp"

namespace revenant::model::reserve {

/// The gadget, one event at a time. Each event first checks that it can happen; false: nothing changed.
class Device {
public:
    /// `tear`: the process is killed during this page write of the event, counted from 1; 0: it is not.
    Device(State& state, const Setting& setting, int tear)
        : state_{state}, rules_{setting.rules}, bounds_{setting.bounds}, tear_{tear} {}

    /// `with_ahead`: w is that of the bounds, else 0.
    bool open(bool with_keeper, bool with_ahead);
    /// `is_too_low`: the operator is wrong; only possible where the page knows better.
    bool rebuild(bool is_too_low);
    bool ask(const Request& request);
    bool set_level(Level level);
    bool write_ahead();
    bool rest();
    bool snapshot();
    bool retry();
    bool write_succeeds();
    bool write_fails(Left left);

    /// Whether the page write number `tear` took place.
    [[nodiscard]] bool torn() const { return torn_; }

private:
    bool change_page();
    bool change_page(std::size_t position);
    [[nodiscard]] bool admits(bool is_reserved) const;
    void note_asked(const Request& request);
    bool advance(const Request& request);
    void wait(const Request& request);
    bool raise(Level level);
    void begin(Goal goal);
    [[nodiscard]] bool is_queued(Goal goal) const;
    [[nodiscard]] bool reserves(Goal goal) const;
    [[nodiscard]] Slot contents(Goal goal) const;
    [[nodiscard]] Slot raised(const Slot& next) const;
    [[nodiscard]] bool exceeds_stay(const Slot& next) const;
    [[nodiscard]] bool needs_second_restate(const Opened& found) const;
    [[nodiscard]] Marks rebuilt(Level level) const;
    bool publish(const Slot& newest);
    void restated();
    void rested();
    void finish();
    void serve_waiting();
    void release(const Request& request);
    void acknowledge(Level level);
    [[nodiscard]] bool is_idle() const;

    [[nodiscard]] int ahead() const { return process().without_ahead ? 0 : bounds_.ahead; }
    Process& process() { return state_.process; }
    [[nodiscard]] const Process& process() const { return state_.process; }

    State& state_;
    const Rules& rules_;
    const Bounds& bounds_;
    const int tear_;
    int page_writes_ = 0;
    bool torn_ = false;
};

}  // namespace revenant::model::reserve
