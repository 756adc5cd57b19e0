#include "test/model/reserve/faults.hpp"

namespace revenant::model::reserve {
namespace {

bool spend(std::uint8_t& spent, int budget) {
    if (spent >= budget)
        return false;
    ++spent;
    return true;
}

/// The process is gone: what the next opening owes.
void end_process(State& state) {
    if (state.process.phase == Phase::dead)
        return;
    auto& witness = state.witness;
    witness.exact = state.process.live;
    witness.exact_on_card = state.process.at_rest;
    // A slot that a failed restating write has torn counts as a lost slot: the other one is not of the page's run yet.
    const bool is_whole = state.disk[0].cache.readable() && state.disk[1].cache.readable();
    const bool page_counts = state.process.paged && (is_whole || state.process.phase == Phase::open);
    // A page that the process did not use may hold a mark that was asked and never written.
    const bool card_counts = state.process.at_rest && (state.process.paged || !state.page.valid());
    witness.must_be_exact = page_counts || card_counts;
    if (!page_counts && !state.process.at_rest)
        ++state.spent.lossy;
    state.process = {};
}

void drop_page(State& state) {
    auto& witness = state.witness;
    if (witness.must_be_exact && !witness.exact_on_card)
        ++state.spent.lossy;
    witness.must_be_exact = witness.exact_on_card;
    state.page = {};
    state.page_is_current = false;
    state.has_copy = false;
    state.copy = {};
}

void expect_loss(State& state) {
    ++state.spent.lossy;
    state.witness.must_be_exact = state.witness.exact_on_card = false;
}

}  // namespace

bool kill(State& state, const Budget& budget) {
    if (state.process.phase == Phase::dead || !spend(state.spent.kills, budget.kills))
        return false;
    end_process(state);
    return true;
}

bool stop(State& state, const Budget& budget) {
    const bool is_gone = state.process.phase == Phase::dead && !state.page.valid();
    if (is_gone || state.page_needed || !spend(state.spent.stops, budget.stops))
        return false;
    end_process(state);
    drop_page(state);
    return true;
}

bool cut(State& state, const Budget& budget, Cut first, Cut second) {
    const std::array how{first, second};
    for (const std::size_t slot : {0U, 1U})
        if (!state.disk[slot].is_dirty() && how[slot] != Cut::lost)
            return false;
    if (state.old_program || state.page_needed || !spend(state.spent.cuts, budget.cuts))
        return false;
    end_process(state);
    drop_page(state);
    if (state.disk[0].is_dirty() || state.disk[1].is_dirty())
        expect_loss(state);
    for (const std::size_t slot : {0U, 1U})
        state.disk[slot].cut(how[slot]);
    return true;
}

bool flush(State& state, std::size_t slot) {
    if (state.process.phase != Phase::dead || !state.disk[slot].is_dirty())
        return false;
    state.disk[slot].sync();
    return true;
}

bool lose(State& state, const Budget& budget, std::size_t slot) {
    if (state.old_program || state.process.phase != Phase::dead || !state.disk[slot].cache.readable() ||
        !spend(state.spent.losses, budget.losses))
        return false;
    state.disk[slot].lose();
    expect_loss(state);
    return true;
}

bool copy_store(State& state, const Budget& budget) {
    const bool uses_page = state.process.phase == Phase::dead || state.process.paged;
    if (!uses_page || state.has_copy || !spend(state.spent.copies, budget.copies))
        return false;
    state.has_copy = true;
    state.copy = {state.disk[0].cache, state.disk[1].cache};
    return true;
}

bool put_back(State& state) {
    if (state.process.phase != Phase::dead || !state.has_copy)
        return false;
    for (const std::size_t slot : {0U, 1U})
        state.disk[slot].cache = state.copy[slot];
    state.has_copy = false;
    state.copy = {};
    state.page_needed = true;
    expect_loss(state);
    return true;
}

bool start_without_keeper(State& state, const Budget& budget) {
    if (state.page_needed || !spend(state.spent.ignored, budget.ignored))
        return false;
    if (state.witness.must_be_exact && !state.witness.exact_on_card)
        expect_loss(state);
    state.has_copy = false;
    state.copy = {};
    return true;
}

}  // namespace revenant::model::reserve
