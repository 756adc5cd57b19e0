#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "common/core/bytes.hpp"
#include "common/core/secret.hpp"
#include "common/tezos/curve.hpp"
#include "gadget/disk/text_file.hpp"

namespace revenant::gadget::keystore {

using tezos::ChainId;
using tezos::Curve;

/// The public data of a key, available even when it is locked.
struct Identity {
    std::string id;
    Curve curve = Curve::bls;
    std::string address;     // tz4... or tz1...
    std::string public_key;  // BLpk... or edpk...
    std::string proof;       // proof of possession, BLsig...; empty for tz1
    friend bool operator==(const Identity&, const Identity&) = default;
};

/// Trims, converts to lower case and checks `^[a-z0-9_-]{1,64}$`. Returns nullopt for an invalid key id.
std::optional<std::string> normalise_id(std::string_view text);

/// The chains used by a key, and the floor for the first one.
struct ChainList {
    std::vector<ChainId> chains;
    std::int32_t floor = -1;         // set by set_level before any chain; -1: none
    std::uint32_t floor_budget = 0;  // levels left for raising it without the passphrase
    friend bool operator==(const ChainList&, const ChainList&) = default;
};

/// The file keys/<id>: the identity in clear text, the rest sealed and bound to the identity.
struct KeyRecord {
    Identity identity;
    Bytes sealed_data_key;  // sealed with the key-encryption key
    Bytes sealed_secret;    // under the data key
    Bytes sealed_chains;    // under the data key

    [[nodiscard]] Bytes to_file() const;
    static std::variant<KeyRecord, FileFault> from_file(ByteView bytes);

    void seal_data_key(const Secret& kek, const Secret& data_key);
    void seal_secret(const Secret& data_key, const Secret& secret);
    void seal_chains(const Secret& data_key, const ChainList& list);
    /// Empty or nullopt when the blob is not authentic: damaged, of another key, or sealed with another passphrase.
    [[nodiscard]] Secret open_data_key(const Secret& kek) const;
    [[nodiscard]] Secret open_secret(const Secret& data_key) const;
    [[nodiscard]] std::optional<ChainList> open_chains(const Secret& data_key) const;
};

}  // namespace revenant::gadget::keystore
