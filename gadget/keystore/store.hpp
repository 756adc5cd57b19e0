#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gadget/crypto/kdf.hpp"
#include "gadget/disk/clock.hpp"
#include "gadget/disk/disk.hpp"
#include "gadget/keystore/master.hpp"
#include "gadget/keystore/open_key.hpp"
#include "gadget/keystore/throttle.hpp"

namespace revenant::gadget::keystore {

inline constexpr std::size_t max_keys = 64;

struct StoreSettings {
    ChainRules chains;
    KdfSettings kdf;             // used by init()
    std::string boot_id;         // read_boot_id()
    LivePages* pages = nullptr;  // outlives the store; null: a crash counts as a power cut
};

/// Proof that the passphrase was right, with the key-encryption key derived from it. Movable. Keep it for one request
/// only.
class Kek {
public:
    [[nodiscard]] const Secret& secret() const { return secret_; }

private:
    friend class Store;
    explicit Kek(Secret secret) : secret_{std::move(secret)} {}
    Secret secret_;
};

/// The keys at rest. Every function except info() and identities() blocks (disk or computation) and must run on the
/// management worker, one call at a time. Requires that sodium_init() has succeeded.
class Store {
public:
    /// Loads the store. Throws std::runtime_error when the store is half-written or has an unknown version: nothing is
    /// repaired silently. `now` starts the throttle window if the throttle file is from another boot. The real disk is
    /// a Directory.
    Store(std::unique_ptr<Disk> disk, StoreSettings settings, Boottime now);

    struct Info {
        bool initialised = false;
        bool deterministic = false;
    };
    /// Any thread.
    [[nodiscard]] Info info() const;
    /// All keys, locked or not, by id. Any thread.
    [[nodiscard]] std::vector<Identity> identities() const;
    /// Damage found at start: one sentence each, for the log.
    [[nodiscard]] const std::vector<std::string>& damage() const { return damage_; }

    /// Creates the master. Measures Argon2 first: up to 3 s in total on a slow device. Causes: already_initialised,
    /// wrong_passphrase (empty), storage.
    Outcome init(bool deterministic, const Secret& passphrase);

    /// One Argon2 derivation, up to 1.5 s. Causes: not_initialised, throttled, wrong_passphrase, storage.
    Expected<Kek> authenticate(const Secret& passphrase, Boottime now);

    /// Creates a key; an empty id means key1, key2, ... Causes: bad_id, exists, full, storage, corrupted.
    Expected<Identity> create(std::string_view id, Curve curve, const Kek& kek);

    /// Unlocks a key; returns the same object while it is referenced. Causes: not_found, corrupted, storage.
    Expected<std::shared_ptr<OpenKey>> unlock(std::string_view id, const Kek& kek, Uptime now);
    /// Like unlock(), with the data key handed over by the previous process.
    Expected<std::shared_ptr<OpenKey>> reopen(std::string_view id, const Secret& data_key, Uptime now);

    /// Deletes a key permanently. Lock it first: an open key continues to sign until its last reference is released.
    /// Causes: not_found, storage.
    Outcome remove(std::string_view id, const Kek& kek);

private:
    struct Entry {
        Identity identity;
        bool damaged = false;         // the file is not a valid key file of this id
        std::weak_ptr<OpenKey> open;  // used by the management worker only
    };
    void load_master();
    void load_keys();
    std::error_code load_throttle(Boottime now);
    std::optional<std::string> known_id(std::string_view id) const;
    std::string free_id() const;
    Expected<SigningKey> new_signing_key(Curve curve, const Kek& kek);
    Expected<KeyRecord> read_record(const std::string& id) const;
    [[nodiscard]] Failure damaged(const std::string& id) const;
    Expected<std::shared_ptr<OpenKey>> open(Entry& entry, const KeyRecord& record, const Secret& data_key, Uptime now);

    const StoreSettings settings_;
    const std::unique_ptr<Disk> disk_;  // must outlive the open keys
    std::unique_ptr<Throttle> throttle_;
    std::vector<std::string> damage_;

    mutable std::mutex table_;  // held briefly; guards the members below against info() and identities()
    std::optional<Master> master_;
    std::map<std::string, Entry> keys_;
};

}  // namespace revenant::gadget::keystore
