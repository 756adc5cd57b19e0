#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include "test/powercut/life.hpp"

/// The part of Life that compares a store with the ledger.
namespace revenant::powercut {
namespace {

Hash32 other_than(Hash32 hash) {
    hash[31] ^= 0xff;
    return hash;
}

}  // namespace

void Life::compare(const std::function<bool(const std::string& id)>& selects) {
    for (const auto& identity : store_->identities())
        if (!ledger_.keys.contains(identity.id))
            learn(identity);
    std::erase_if(ledger_.keys, [&](const auto& key) { return key.second.is_going && !is_taken(key.first); });
    for (const auto& [id, known] : ledger_.keys) {
        if (!is_taken(id))
            throw Violation{fmt::format("key '{}' is lost", id)};
        if (selects(id))
            compare_key(id);
    }
}

void Life::compare_key(const std::string& id) {
    if (!unlock(id))
        throw Violation{fmt::format("key '{}' cannot be unlocked", id)};
    auto& opened = *open_.at(id);
    auto& known = ledger_.keys.at(id);
    if (opened.views().empty() && opened.floor().value_or(-1) < known.floor)
        throw Violation{fmt::format("key '{}': the acknowledged floor {} is lost", id, known.floor)};
    const auto views = opened.views();
    if (views.size() == 1)  // the first chain has the floor
        ledger_.raise(id, views.front().chain, known.floor);
    known.floor = std::max(known.floor, opened.floor().value_or(-1));
    for (const auto& view : views)
        ledger_.compare(id, view);
    const auto chains = known.chains;
    for (const auto& [chain, kinds] : chains)
        for (std::size_t kind = 0; kind < kinds.size(); ++kind) {
            const auto& last = kinds[kind].released;
            const Operation again{static_cast<Kind>(kind), chain, last.level, last.round};
            if (!last.none() && sign(id, again, other_than(last.hash)))
                throw Violation{"signed what was refused"};  // release() throws before
        }
}

void Life::go_on(Random& random) {
    if (open_.empty())
        return;
    const auto& id = std::next(open_.begin(), static_cast<long>(random.pick(open_.size())))->first;
    const auto& known = ledger_.keys.at(id);
    if (known.chains.empty())
        return;
    const auto chain = std::next(known.chains.begin(), static_cast<long>(random.pick(known.chains.size())))->first;
    const auto kind = static_cast<Kind>(random.pick(tezos::kind_count));
    const auto added = alive([&] { return open_.at(id)->add_chain(chain, ledger_.now); });
    if (const auto* failed = std::get_if<keystore::Failure>(&added))
        throw Violation{failed->text};
    auto next = std::get<keystore::Watermark*>(added)->view().marks[static_cast<std::size_t>(kind)];
    const bool may_take_round = !next.none() && !keystore::is_bound(next) && random.one_in(2);
    next = may_take_round ? Mark{next.level, next.round + 1} : Mark{next.level + 1, 0};
    Hash32 hash{};
    hash[0] = static_cast<std::uint8_t>(random.pick(256));
    const Operation operation{kind, chain, next.level, next.round};
    if (!sign(id, operation, hash))
        throw Violation{fmt::format("key '{}' refuses level {} round {}", id, next.level, next.round)};
    if (sign(id, operation, other_than(hash)))
        throw Violation{"signed what was refused"};
}

}  // namespace revenant::powercut
