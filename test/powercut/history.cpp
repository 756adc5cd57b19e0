#include "test/powercut/history.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "test/powercut/cut.hpp"

namespace revenant::powercut {
namespace {

constexpr std::array<ChainId, 3> chains{{{1, 2, 3, 4}, {5, 6, 7, 8}, {9, 9, 9, 9}}};
constexpr std::array ids{"one", "two", "three"};

Hash32 hash_of(std::size_t number) {
    Hash32 hash{};
    hash[0] = static_cast<std::uint8_t>(number);
    return hash;
}

/// What an operator and a baker ask for, at random.
class Day {
public:
    Day(Life& life, const Ledger& ledger, Random& random) : life_{life}, ledger_{ledger}, random_{random} {}

    void work(std::size_t steps) {
        for (std::size_t step = 0; step < steps; ++step)
            act();
    }

private:
    void act() {
        const auto dice = random_.pick(40);
        const std::string id = ids[random_.pick(ids.size())];
        const auto known = ledger_.keys.find(id);
        if (known == ledger_.keys.end()) {
            if (!life_.is_taken(id) && random_.one_in(4))
                life_.create(id);
        } else if (known->second.is_going || dice == 0) {
            life_.remove(id);
        } else if (dice <= 2) {
            life_.lock(id);
        } else if (dice <= 5) {
            set_level(id, known->second);
        } else {
            sign(id, known->second);
        }
    }

    void set_level(const std::string& id, const KeyLedger& key) {
        const auto chain = chains[random_.pick(chains.size())];
        const auto level = highest(key) + static_cast<std::int32_t>(random_.pick(30)) - 3;
        if (level >= 0)
            life_.set_level(id, key.chains.empty() ? std::nullopt : std::optional{chain}, level);
    }

    void sign(const std::string& id, const KeyLedger& key) {
        const auto chain = chains[std::min(random_.pick(6), random_.pick(chains.size()))];
        const auto kind = static_cast<Kind>(random_.pick(tezos::kind_count));
        const auto forward = std::array{0, 0, 0, 1, 1, 1, 2, 8, 9, 17}[random_.pick(10)];
        const auto level = std::max(0, highest(key) + forward - static_cast<std::int32_t>(random_.one_in(8) ? 4 : 0));
        life_.sign(id, {kind, chain, level, static_cast<std::int32_t>(random_.pick(3))}, hash_of(random_.pick(3)));
    }

    static std::int32_t highest(const KeyLedger& key) {
        auto level = key.floor;
        for (const auto& [chain, kinds] : key.chains)
            for (const auto& kind : kinds)
                level = std::max(level, static_cast<std::int32_t>(kind.at_least));
        return level;
    }

    Life& life_;
    const Ledger& ledger_;
    Random& random_;
};

/// One life, until its end or a kill.
void live(Machine& machine, Ledger& ledger, const Life::Watch& watch, Random& random, bool deterministic) {
    try {
        if (random.one_in(2))
            machine.kill_before(random.pick(random.one_in(3) ? 12 : 100));
        Life life{machine, ledger, watch};
        if (!ledger.is_initialised)
            life.init(deterministic);
        life.compare([](const std::string&) { return true; });
        if (random.one_in(4))
            machine.sync_fails = [&random](const std::string&) { return random.one_in(15); };
        Day{life, ledger, random}.work(40);
        if (random.one_in(3))
            life.end();
    } catch (const Killed&) {
    }
}

}  // namespace

History random_history(Random& random) {
    History history;
    Ledger ledger;
    ledger.reserve_levels = random.one_in(3) ? 0 : 4;
    if (random.one_in(2))
        ledger.kept.emplace();
    auto card = Card::with_folder(Machine::top);
    const bool deterministic = random.one_in(2);
    for (auto lives = 2 + random.pick(5); lives > 0; --lives) {
        Machine machine{std::move(card)};
        const auto watch = [&](Moment moment) {
            history.moments.push_back(std::move(moment));
            history.life_of.push_back(history.logs.size());
        };
        live(machine, ledger, watch, random, deterministic);
        history.logs.push_back(machine.log());
        const bool is_cut = random.one_in(3);
        card = is_cut ? after_cut(machine.card(), random) : machine.card();
        is_cut ? ledger.power_cut() : ledger.kill();
    }
    return history;
}

}  // namespace revenant::powercut
