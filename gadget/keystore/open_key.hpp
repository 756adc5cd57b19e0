#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "gadget/crypto/signing_key.hpp"
#include "gadget/disk/disk.hpp"
#include "gadget/disk/result.hpp"
#include "gadget/keystore/key_record.hpp"
#include "gadget/marks/watermark.hpp"

namespace revenant::gadget::keystore {

/// Which chains a key may serve, and how far a jump may go.
struct ChainRules {
    std::vector<ChainId> admitted;        // always allowed, besides max_chains others
    std::uint32_t jump_budget = 432'000;  // levels: 30 days at 6 s
};
inline constexpr std::size_t max_chains = 8;

/// Names in the store.
std::string key_file(const std::string& id);
std::string marks_file(const std::string& address, const ChainId& chain);

/// A key while it is unlocked. Shared by the key table and by the jobs in flight; made by Store, which hands out the
/// same object again as long as anyone holds it, so that a marks file never has two writers. The store outlives it.
class OpenKey {
public:
    /// For Store. `disk` and `rules` outlive this. Opens every chain of the list: blocks. Throws std::system_error when
    /// the disk cannot be asked.
    OpenKey(Disk& disk, const ChainRules& rules, KeyRecord record, Secret data_key, SigningKey key, ChainList list,
            Uptime now);

    [[nodiscard]] const Identity& identity() const { return record_.identity; }
    /// Raw signature. Judges nothing: ask the watermark. Any thread, several at once.
    [[nodiscard]] Bytes sign(ByteView message) const { return key_.sign(message); }
    /// For the hand-over to the next process.
    [[nodiscard]] const Secret& data_key() const { return data_key_; }

    /// The watermark of a chain that the key has served; null: add_chain() on a worker, then ask it. Stays valid as
    /// long as this key. Never blocks on the disk; any thread.
    [[nodiscard]] Watermark* find_chain(const ChainId& chain) const;

    /// The same, made durable first when the chain is new. Blocks: a worker; calls queue up. The watermark may be
    /// corrupted (ask() says so). Causes: out_of_bounds (one chain too many), corrupted, storage, not_found (deleted).
    Expected<Watermark*> add_chain(const ChainId& chain, Uptime now);

    /// Raises every kind to at least `level` on the chain named, else on the only chain, else keeps it as the floor of
    /// the first. With `passphrase_given` a jump is free and lost marks are made anew. Blocks: the management worker.
    /// A locked key is unlocked with the passphrase for this call and let go again. Causes: those of add_chain(),
    /// over_budget, which_chain; on the wire all of them are error 80.
    Outcome set_level(std::uint64_t level, const std::optional<ChainId>& chain, bool passphrase_given, Uptime now);

    /// For status. Any thread; never blocks on the disk.
    [[nodiscard]] std::vector<ChainView> views() const;
    [[nodiscard]] bool state_corrupted() const;

    /// The key is being deleted: nothing of it is written to its file any more. Blocks while a chain is being added.
    void retire();

private:
    // Called with writing_ held:
    Expected<Watermark*> admit(const ChainId& chain, Uptime now);
    Outcome start_marks(const ChainId& chain);
    Outcome restart_marks(const ChainId& chain, std::int32_t level);
    Outcome list_chain(const ChainId& chain);
    Outcome set_floor(std::uint64_t level, bool passphrase_given);
    Expected<ChainId> only_chain() const;
    Outcome write_list(const ChainList& next);
    bool is_admitted(const ChainId& chain) const;
    // Any time:
    Watermark* keep(const ChainId& chain, std::unique_ptr<Watermark> watermark);
    std::unique_ptr<Watermark> open_marks(const ChainId& chain, Uptime now);
    [[nodiscard]] MarksFile::Owner owner(const ChainId& chain) const;
    [[nodiscard]] std::string subject() const;
    [[nodiscard]] Failure storage(const std::string& name, const std::error_code& error) const;

    Disk& disk_;
    const ChainRules& rules_;
    const Secret data_key_;
    const SigningKey key_;
    // Readable for as long as the key is unlocked: opening and closing the pages at each signature costs four system
    // calls, a tenth of the whole. They stay locked, guarded, out of core dumps, and are wiped when the key is locked.
    const Secret::Reader data_key_open_{data_key_};
    const Secret::Reader secret_open_{key_.secret()};

    std::mutex writing_;  // held over disk work; guards the sealed part of record_, list_ and retired_
    KeyRecord record_;    // its identity never changes
    ChainList list_;
    bool retired_ = false;

    mutable std::mutex table_;  // held for moments only, also within writing_; guards what follows
    std::map<ChainId, std::unique_ptr<Watermark>> watermarks_;  // grows only
    bool stray_damage_ = false;                                 // an unlisted marks file that cannot be read
};

}  // namespace revenant::gadget::keystore
