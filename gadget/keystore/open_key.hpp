#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "gadget/keystore/key_record.hpp"
#include "gadget/keystore/signing_key.hpp"
#include "gadget/keystore/watermark.hpp"

namespace revenant::keystore {

/// Which chains a key may serve, and how far a jump may go.
struct ChainRules {
    std::vector<ChainId> admitted;        // always allowed, besides max_chains others
    std::uint32_t jump_budget = 432'000;  // levels: 30 days at 6 s
};
inline constexpr std::size_t max_chains = 8;

/// A key while it is unlocked. Shared by the key table and by the jobs in flight; made by Store, which hands out the
/// same object again as long as anyone holds it, so that a marks file never has two writers. The store outlives it.
class OpenKey {
public:
    /// For Store. `disk` outlives this. Opens every chain that the record lists: blocks. Throws std::system_error when
    /// the disk cannot be asked.
    OpenKey(Disk& disk, const ChainRules& rules, KeyRecord record, Secret data_key, SigningKey key, ChainList chains,
            Uptime now);

    [[nodiscard]] const Identity& identity() const { return record_.identity; }
    /// Raw signature. Judges nothing: ask the watermark. Any thread, several at once.
    [[nodiscard]] Bytes sign(ByteView message) const { return key_.sign(message); }
    /// For the hand-over to the next process.
    [[nodiscard]] const Secret& data_key() const { return data_key_; }

    /// The watermark of a chain that the key has served; null: add_chain() on a worker, then ask it. Stays valid as
    /// long as this key. Never blocks on the disk; any thread.
    [[nodiscard]] Watermark* find_chain(const ChainId& chain) const;

    /// The same, made durable first when the chain is new. Blocks: a worker; calls queue up. The watermark may come out
    /// corrupted (ask() will say so).
    Expected<Watermark*> add_chain(const ChainId& chain, Uptime now);

    /// Raises every kind to at least `level` on the chain named, else on the only chain, else keeps it as the floor of
    /// the first. With `passphrase_given` a jump is free and lost marks are made anew. Blocks: the management worker.
    Outcome set_level(std::uint64_t level, const std::optional<ChainId>& chain, bool passphrase_given, Uptime now);

    /// For status. Any thread; never blocks on the disk.
    [[nodiscard]] std::vector<ChainView> views() const;
    [[nodiscard]] bool state_corrupted() const;

    /// The key has been deleted: nothing of it is written to the store any more. Blocks while a chain is being added.
    void retire();

private:
    Expected<Watermark*> add_chain_locked(const ChainId& chain, Uptime now);
    Outcome set_floor(std::uint64_t level, bool passphrase_given);
    std::error_code write_record();
    MarksFile::Owner owner(const ChainId& chain) const;
    bool admits(const ChainId& chain) const;

    Disk& disk_;
    const ChainRules& rules_;
    const Secret data_key_;
    const SigningKey key_;

    std::mutex writing_;  // of record_'s sealed part, chain_list_ and retired_; orders before table_
    KeyRecord record_;    // its identity never changes
    ChainList chain_list_;
    bool retired_ = false;
    mutable std::mutex table_;  // of the map; held for moments only
    std::map<ChainId, std::unique_ptr<Watermark>> watermarks_;
};

}  // namespace revenant::keystore
