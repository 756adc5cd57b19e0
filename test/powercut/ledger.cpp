#include "test/powercut/ledger.hpp"

#include <algorithm>
#include <tuple>

#include <fmt/format.h>

namespace revenant::powercut {
namespace {

std::string shown(const Mark& mark) {
    return fmt::format("level {} round {}", mark.level, mark.round);
}

auto position(const Mark& mark) {
    return std::tie(mark.level, mark.round);
}

}  // namespace

ChainLedger& Ledger::chain_of(const std::string& id, const ChainId& chain) {
    auto& key = keys.at(id);
    const auto [found, is_new] = key.chains.try_emplace(chain);
    if (is_new)
        for (auto& kind : found->second)
            kind.at_most = kind.asked = key.floor_asked;  // the floor is part of the first chain's marks
    return found->second;
}

void Ledger::ask(const std::string& id, const ChainId& chain, Kind kind, std::int64_t level) {
    auto& known = chain_of(id, chain)[static_cast<std::size_t>(kind)];
    known.asked = std::max(known.asked, level);
    known.at_most = std::max(known.at_most, level);
}

void Ledger::release(const std::string& id, const Operation& operation, const Hash32& hash) {
    auto& kind = chain_of(id, operation.chain)[static_cast<std::size_t>(operation.kind)];
    const Mark mark{operation.level, operation.round, true, hash};
    if (position(mark) < position(kind.released))
        throw Violation{fmt::format("signed at {} after {}", shown(mark), shown(kind.released))};
    if (position(mark) == position(kind.released) && hash != kind.released.hash)
        throw Violation{"signed twice at " + shown(mark)};
    if (mark.level < kind.at_least)
        throw Violation{fmt::format("signed at {}, below the acknowledged level {}", shown(mark), kind.at_least)};
    kind.released = mark;
    kind.at_least = mark.level;
}

void Ledger::raise(const std::string& id, const ChainId& chain, std::int64_t level) {
    for (auto& kind : chain_of(id, chain))
        kind.at_least = std::max(kind.at_least, level);
}

/// After a clean end the marks on the card are exact.
void Ledger::power_cut() {
    ++boot;
    if (kept)
        kept->clear();
    allow(at_rest ? 0 : reserve_levels + keystore::ceiling_step);
}

/// With the pages the marks are exact.
void Ledger::kill() {
    allow(at_rest || kept ? 0 : reserve_levels);
}

void Ledger::allow(std::int64_t levels) {
    for (auto& [id, key] : keys)
        for (auto& [chain, kinds] : key.chains) {
            std::int64_t highest = -1;  // a bound is one level for all kinds
            for (const auto& kind : kinds)
                highest = std::max(highest, kind.at_most);
            for (auto& kind : kinds)
                kind.at_most = highest < 0 || levels == 0 ? kind.at_most : highest + levels;
        }
}

void Ledger::compare(const std::string& id, const keystore::ChainView& view) {
    auto& kinds = chain_of(id, view.chain);
    if (view.corrupted)
        throw Violation{fmt::format("key '{}' does not sign any more: its marks are lost", id)};
    for (std::size_t i = 0; i < kinds.size(); ++i) {
        auto& kind = kinds[i];
        const auto& mark = view.marks[i];
        if (position(mark) < position(kind.released) || mark.level < kind.at_least)
            throw Violation{
                fmt::format("key '{}': the mark is at {}, the signature at {}, the acknowledged level is {}", id,
                            shown(mark), shown(kind.released), kind.at_least)};
        if (position(mark) == position(kind.released) && mark.has_hash && mark.hash != kind.released.hash)
            throw Violation{fmt::format("key '{}': the mark at {} has the hash of another payload", id, shown(mark))};
        if (mark.level > kind.at_most)
            throw Violation{fmt::format("key '{}': the mark is at {}, and nothing above level {} was asked for", id,
                                        shown(mark), kind.at_most)};
        kind.at_most = std::max<std::int64_t>(kind.asked, mark.level);
        kind.at_least = mark.level;
    }
}

void Ledger::add_to(Fingerprint& sum) const {
    sum.add(is_initialised);
    sum.add(at_rest);
    if (kept)
        sum.add(*kept);
    for (const auto& [id, key] : keys)
        key.add_to(sum);
}

void KeyLedger::add_to(Fingerprint& sum) const {
    sum.add(identity.address);
    sum.add(static_cast<std::uint64_t>(floor));
    sum.add(static_cast<std::uint64_t>(floor_asked));
    sum.add(is_going);
    for (const auto& [chain, kinds] : chains)
        for (const auto& kind : kinds) {
            for (const auto number : {std::int64_t{kind.released.level}, std::int64_t{kind.released.round}, kind.asked,
                                      kind.at_least, kind.at_most})
                sum.add(static_cast<std::uint64_t>(number));
            sum.add(ByteView{kind.released.hash});
        }
}

}  // namespace revenant::powercut
