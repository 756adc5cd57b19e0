#include "test/model/reserve/world.hpp"

#include "test/model/reserve/device.hpp"
#include "test/model/reserve/faults.hpp"
#include "test/model/reserve/old_program.hpp"

namespace revenant::model::reserve {
namespace {

constexpr int max_tear = 3;  // page writes of one event

bool is_above(const Marks& found, const Marks& exact) {
    for (std::size_t kind = 0; kind < kinds; ++kind)
        if (exact.of[kind].is_below(found.of[kind]))
            return true;
    return false;
}

/// What an opening may refuse.
Violation verdict(const State& state, const Bounds& bounds) {
    const auto& witness = state.witness;
    if (witness.must_be_exact && is_above(state.process.live, witness.exact))
        return Violation::not_exact;
    const int refused = state.process.live.highest() - witness.highest_asked;
    if (refused > (bounds.ahead + bounds.step) * state.spent.lossy)
        return Violation::refused_too_much;
    return Violation::none;
}

bool open(State& state, Device& device, const Event& event, const Bounds& bounds) {
    const bool with_keeper = event.choice % 2 == 0;
    const bool with_ahead = event.choice / 2 == 0;
    if (state.old_program || (!with_keeper && !start_without_keeper(state, bounds.budget)))
        return false;
    if (!device.open(with_keeper, with_ahead))
        return false;
    state.violation = verdict(state, bounds);
    state.witness.must_be_exact = state.witness.exact_on_card = false;
    state.witness.exact = {};
    return true;
}

/// A slot that a failed write tears is a lost slot.
bool fail(State& state, Device& device, Left left, const Budget& budget) {
    if (left == Left::torn)
        ++state.spent.lossy;
    return state.spent.failures++ < budget.failures && device.write_fails(left);
}

/// The second payload of a position is asked only after the first: the names of payloads do not matter.
bool is_named_in_order(State& state, const Request& request) {
    return request.payload == 1 || state.witness.at(request) > 0;
}

bool spend_request(State& state, const Event& event, const Budget& budget) {
    if (event.sort == Sort::set_level)
        return state.spent.set_levels++ < budget.set_levels;
    if (event.sort == Sort::rest)
        return state.spent.rests++ < budget.rests;
    return true;
}

bool run(State& state, Device& device, const Event& event, const Bounds& bounds) {
    switch (event.sort) {
        case Sort::open:
            return open(state, device, event, bounds);
        case Sort::rebuild:
            return !state.old_program && device.rebuild(event.choice == 1);
        case Sort::ask:
            return is_named_in_order(state, event.request) && device.ask(event.request);
        case Sort::set_level:
            return device.set_level(event.request.level);
        case Sort::ahead:
            return device.write_ahead();
        case Sort::rest:
            return device.rest();
        case Sort::snapshot:
            return device.snapshot();
        case Sort::retry:
            return device.retry();
        case Sort::succeed:
            return device.write_succeeds();
        case Sort::fail:
            return fail(state, device, static_cast<Left>(event.choice), bounds.budget);
        default:
            return false;
    }
}

bool befall(State& state, const Event& event, const Bounds& bounds) {
    const auto& budget = bounds.budget;
    switch (event.sort) {
        case Sort::old_sign:
            return is_named_in_order(state, event.request) &&
                   old_sign(state, bounds, event.request, static_cast<OldWrite>(event.choice));
        case Sort::upgrade:
            return upgrade(state);
        case Sort::kill:
            return kill(state, budget);
        case Sort::stop:
            return stop(state, budget);
        case Sort::cut:
            return cut(state, budget, static_cast<Cut>(event.choice % 3), static_cast<Cut>(event.choice / 3));
        case Sort::flush:
            return flush(state, event.choice);
        case Sort::lose:
            return lose(state, budget, event.choice);
        case Sort::copy:
            return copy_store(state, budget);
        case Sort::put_back:
            return put_back(state);
        default:
            return false;
    }
}

bool is_of_device(Sort sort) {
    return sort >= Sort::open && sort <= Sort::fail;
}

void add_requests(std::vector<Event>& events, const Bounds& bounds, Sort sort, std::uint8_t choice) {
    for (std::uint8_t kind = 0; kind < bounds.kinds; ++kind)
        for (Level level = 1; level <= bounds.levels; ++level)
            for (std::int8_t round = 0; round < bounds.rounds; ++round)
                for (std::uint8_t payload = 1; payload <= 2; ++payload)
                    events.push_back({sort, {kind, level, round, payload}, choice});
}

void add_choices(std::vector<Event>& events, Sort sort, std::uint8_t choices) {
    for (std::uint8_t choice = 0; choice < choices; ++choice)
        events.push_back({sort, {}, choice});
}

/// Adds each event of the device again, with a kill during each of its page writes.
void add_tears(std::vector<Event>& events) {
    const auto whole = events;
    for (const auto& event : whole)
        for (std::uint8_t tear = 1; is_of_device(event.sort) && tear <= max_tear; ++tear)
            events.push_back({event.sort, event.request, event.choice, tear});
}

}  // namespace

bool may_happen(const State& state, const Event& event) {
    if (event.sort == Sort::old_sign || event.sort == Sort::upgrade)
        return state.old_program;
    const bool is_dead = state.process.phase == Phase::dead;
    if (event.sort == Sort::open || event.sort == Sort::rebuild || event.sort == Sort::put_back ||
        event.sort == Sort::lose || event.sort == Sort::flush)
        return is_dead && !state.old_program;
    if (event.sort == Sort::succeed || event.sort == Sort::fail)
        return state.process.goal != Goal::none;
    return !is_dead || !is_of_device(event.sort);
}

State first_state(const Bounds& bounds) {
    State state;
    state.old_program = bounds.from_old_store;
    for (std::uint8_t slot = 0; slot < 2; ++slot) {
        Slot fresh;
        fresh.stamp = {static_cast<std::uint8_t>(slot + 1), 1};
        fresh.format = bounds.from_old_store ? 1 : 2;
        fresh.at_rest = true;
        fresh.ceiling.fill(static_cast<Level>(bounds.from_old_store ? 0 : bounds.step));
        state.disk[slot] = {fresh, fresh};
    }
    state.witness.must_be_exact = state.witness.exact_on_card = !bounds.from_old_store;
    normalise(state);
    return state;
}

bool apply(State& state, const Event& event, const Setting& setting) {
    if (!is_of_device(event.sort)) {
        if (!befall(state, event, setting.bounds))
            return false;
        normalise(state);
        return true;
    }
    Device device{state, setting, event.tear};
    if (!spend_request(state, event, setting.bounds.budget) || !run(state, device, event, setting.bounds))
        return false;
    if (event.tear != 0 && (!device.torn() || !kill(state, setting.bounds.budget)))
        return false;
    normalise(state);
    return true;
}

std::vector<Event> candidates(const Bounds& bounds, const Rules& rules) {
    std::vector<Event> events;
    const auto& budget = bounds.budget;
    if (bounds.from_old_store) {
        for (std::uint8_t end = 0; end < 3; ++end)
            add_requests(events, bounds, Sort::old_sign, end);
        events.push_back({Sort::upgrade});
    }
    add_choices(events, Sort::open, bounds.changes_ahead ? 4 : 2);
    add_choices(events, Sort::rebuild, 2);
    add_requests(events, bounds, Sort::ask, 0);
    for (Level level = 1; level <= bounds.levels && budget.set_levels > 0; ++level)
        events.push_back({Sort::set_level, {kinds, level, 0, 0}});
    for (const auto sort : {Sort::ahead, Sort::rest, Sort::retry, Sort::succeed})
        events.push_back({sort});
    if (!rules.rest_waits_for_jobs || !rules.reserve_is_computed_at_begin)
        events.push_back({Sort::snapshot});
    add_choices(events, Sort::fail, 4);
    if (budget.kills > 0)
        add_tears(events);
    for (const auto sort : {Sort::kill, Sort::stop, Sort::copy, Sort::put_back})
        events.push_back({sort});
    add_choices(events, Sort::cut, 9);
    add_choices(events, Sort::flush, 2);
    add_choices(events, Sort::lose, 2);
    return events;
}

}  // namespace revenant::model::reserve
