#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>

#include "gadget/keystore/store.hpp"
#include "test/powercut/fingerprint.hpp"

namespace revenant::powercut {

namespace keystore = gadget::keystore;
using keystore::ChainId;
using keystore::Hash32;
using keystore::Kind;
using keystore::Mark;
using keystore::Operation;

/// What must never be.
struct Violation : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// For one kind of one chain of one key.
struct KindLedger {
    Mark released;               // the highest, with its hash
    std::int64_t asked = -1;     // the highest level
    std::int64_t at_least = -1;  // the mark is at this level or above
    std::int64_t at_most = -1;   // and at this one or below
};
using ChainLedger = std::array<KindLedger, tezos::kind_count>;

struct KeyLedger {
    keystore::Identity identity;
    std::shared_ptr<const Secret> data_key;
    std::map<ChainId, ChainLedger> chains{};
    std::int32_t floor = -1;        // acknowledged or shown, before any chain
    std::int32_t floor_asked = -1;  // the highest that may be set
    bool is_going = false;          // its removal was asked for

    void add_to(Fingerprint& sum) const;
};

/// What left the device: signatures and acknowledgements. Each state that a power cut leaves must agree with it. A
/// value.
struct Ledger {
    bool is_initialised = false;
    std::map<std::string, KeyLedger>
        keys;  // by id; from the acknowledgement of the creation, or when it was shown, until that of the removal
    std::set<std::string> addresses;  // of all keys that ever were
    std::chrono::milliseconds now{0};
    unsigned boot = 0;
    std::int64_t reserve_levels = 0;  // w
    std::optional<std::string> kept;  // the live pages; nothing: no service manager keeps them
    bool at_rest = false;             // the last process ended in time, and all of its writes succeeded

    /// A chain may have marks from now on.
    void meet(const std::string& id, const ChainId& chain) { chain_of(id, chain); }
    void ask(const std::string& id, const ChainId& chain, Kind kind, std::int64_t level);
    /// Throws Violation when the signature conflicts with one before.
    void release(const std::string& id, const Operation& operation, const Hash32& hash);
    /// Every kind of the chain is at `level` or above.
    void raise(const std::string& id, const ChainId& chain, std::int64_t level);
    /// Takes the pages, and allows what a power cut or a kill may cost: levels above those that were asked for.
    void power_cut();
    void kill();
    /// Throws Violation when these marks disagree. Else they are shown to the operator: none may be lower later, and
    /// nothing above them is refused.
    void compare(const std::string& id, const keystore::ChainView& view);
    void add_to(Fingerprint& sum) const;

private:
    void allow(std::int64_t levels);
    ChainLedger& chain_of(const std::string& id, const ChainId& chain);
};

}  // namespace revenant::powercut
