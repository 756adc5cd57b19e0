#include "gadget/requests/key_status.hpp"

#include <algorithm>
#include <tuple>

namespace revenant::gadget {
namespace {

LastSigned last_signed(const keystore::ChainView& view, tezos::Kind kind) {
    const auto& mark = view.marks[static_cast<std::size_t>(kind)];
    if (mark.none())
        return {};
    return {static_cast<std::uint64_t>(mark.level), static_cast<std::uint32_t>(mark.round)};
}

void raise(LastSigned& highest, const LastSigned& other) {
    if (std::tie(other.level, other.round) > std::tie(highest.level, highest.round))
        highest = other;
}

/// No level counts as 0 on the wire.
std::uint64_t level_of(std::int64_t level) {
    return static_cast<std::uint64_t>(std::max<std::int64_t>(level, 0));
}

void add_chain(KeyStatus& key, const keystore::ChainView& view, bool reserve_failed) {
    ChainStatus chain{{view.chain.begin(), view.chain.end()},
                      last_signed(view, tezos::Kind::block),
                      last_signed(view, tezos::Kind::preattestation),
                      last_signed(view, tezos::Kind::attestation),
                      view.degraded,
                      level_of(view.reserve),
                      level_of(view.refused_until),
                      reserve_failed};
    raise(key.block, chain.block);
    raise(key.preattestation, chain.preattestation);
    raise(key.attestation, chain.attestation);
    key.chains.push_back(std::move(chain));
}

}  // namespace

StatusResponse describe_keys(const keystore::Store& store, const KeyRing& keys, const WriteAhead& write_ahead) {
    StatusResponse response;
    for (const auto& identity : store.identities()) {
        KeyStatus key{identity.id, LockState::locked, identity.address, identity.public_key, identity.proof};
        if (const auto open = keys.by_id(identity.id)) {
            key.lock_state = LockState::unlocked;
            key.state_corrupted = open->state_corrupted();
            for (const auto& view : open->views())
                add_chain(key, view, write_ahead.failed(identity.id, view.chain));
            if (const auto floor = open->floor())
                key.block = key.preattestation = key.attestation = {static_cast<std::uint64_t>(*floor), 0};
        }
        response.keys.push_back(std::move(key));
    }
    return response;
}

}  // namespace revenant::gadget
