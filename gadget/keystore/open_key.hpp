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
#include "gadget/keystore/live_pages.hpp"
#include "gadget/marks/watermark.hpp"

namespace revenant::gadget::keystore {

/// The chains that a key may use, and the rules of its marks.
struct ChainRules {
    std::vector<ChainId> admitted;  // always allowed, in addition to max_chains others
    MarkRules marks;
};
inline constexpr std::size_t max_chains = 8;

/// File names in the store.
std::string key_file(const std::string& id);
std::string marks_file(const std::string& address, const ChainId& chain);

/// An unlocked key. Shared by the key table and by the jobs in flight; created by Store, which returns the same object
/// as long as it is referenced, so that a marks file never has two writers. The store must outlive it.
class OpenKey {
public:
    /// For Store only. `disk`, `rules` and `pages` must outlive this; `pages` may be null. Opens every chain of the
    /// list: blocks. Throws std::system_error on disk errors other than an absent file.
    OpenKey(Disk& disk, const ChainRules& rules, LivePages* pages, KeyRecord record, Secret data_key, SigningKey key,
            ChainList list, Uptime now);

    [[nodiscard]] const Identity& identity() const { return record_.identity; }
    /// Returns a raw signature without checking the watermark; ask the watermark first. Any thread, concurrently.
    [[nodiscard]] Bytes sign(ByteView message) const { return key_.sign(message); }
    /// For the handover to the next process.
    [[nodiscard]] const Secret& data_key() const { return data_key_; }

    /// Returns the watermark of a chain that the key has used. Null: call add_chain() on a worker, then ask its result.
    /// Valid as long as this key. Never blocks on the disk; any thread.
    [[nodiscard]] Watermark* find_chain(const ChainId& chain) const;

    /// Like find_chain(), but creates the watermark durably when the chain is new. Blocks: worker thread; calls are
    /// serialised. The watermark may be corrupted (ask() reports it). Causes: out_of_bounds (too many chains),
    /// corrupted, storage, not_found (deleted).
    Expected<Watermark*> add_chain(const ChainId& chain, Uptime now);

    /// Raises every kind to at least `level` on the given chain, else on the only chain, else stores it as the floor of
    /// the first chain. With `passphrase_given` a jump is free and lost marks are recreated. Blocks: management worker.
    /// A locked key is unlocked with the passphrase for this call only. Causes: those of add_chain(), over_budget,
    /// which_chain, stale (below a mark or the floor, which are never lowered); on the wire all of them are error 80.
    Outcome set_level(std::uint64_t level, const std::optional<ChainId>& chain, bool passphrase_given, Uptime now);

    /// For status. Any thread; never blocks on the disk.
    [[nodiscard]] std::vector<ChainView> views() const;
    /// The floor of the first chain; empty if none was set, or if the key has used a chain.
    [[nodiscard]] std::optional<std::int32_t> floor() const;
    [[nodiscard]] bool state_corrupted() const;

    /// A clean end: writes the marks of every chain at rest. Blocks: a worker thread. Returns the first failure.
    Outcome rest();

    /// The key is being deleted: prevents further writes to its file. Blocks while a chain is being added.
    void retire();
    /// The key is deleted: gives its live pages back.
    void discard_pages();

private:
    // Called with writing_ held:
    Expected<Watermark*> admit(const ChainId& chain, Uptime now);
    Outcome start_marks(const ChainId& chain);
    Outcome restart_marks(const ChainId& chain, std::int32_t level, Uptime now);
    Outcome list_chain(const ChainId& chain);
    Outcome set_floor(std::uint64_t level, bool passphrase_given);
    Outcome raise_marks(const ChainId& chain, std::uint64_t level, bool passphrase_given, Uptime now);
    Expected<ChainId> only_chain() const;
    Outcome write_list(const ChainList& next);
    bool is_admitted(const ChainId& chain) const;
    // Any time:
    Watermark* keep(const ChainId& chain, std::unique_ptr<Watermark> watermark);
    [[nodiscard]] std::vector<Watermark*> watermarks() const;
    std::unique_ptr<Watermark> open_marks(const ChainId& chain, Uptime now);
    [[nodiscard]] MarksFile::Owner owner(const ChainId& chain) const;
    [[nodiscard]] std::string subject() const;
    [[nodiscard]] Failure not_lowered(std::uint64_t level, std::int64_t highest) const;
    [[nodiscard]] Failure storage(const std::string& name, const std::error_code& error) const;

    Disk& disk_;
    const ChainRules& rules_;
    LivePages* const pages_;
    const Secret data_key_;
    const SigningKey key_;
    // Kept readable while the key is unlocked: opening and closing the pages at each signature costs four system calls,
    // a tenth of the total time. The pages stay locked, guarded and excluded from core dumps, and are wiped when the
    // key is locked.
    const Secret::Reader data_key_open_{data_key_};
    const Secret::Reader secret_open_{key_.secret()};

    std::mutex writing_;  // held during disk work; guards the sealed part of record_, list_ and retired_
    KeyRecord record_;    // its identity never changes
    ChainList list_;
    bool retired_ = false;

    mutable std::mutex table_;  // held briefly, also within writing_; guards the members below
    std::map<ChainId, std::unique_ptr<Watermark>> watermarks_;  // never shrinks
    bool stray_damage_ = false;                                 // an unlisted marks file that cannot be read
    std::int32_t shown_floor_ = -1;                             // that of list_
};

}  // namespace revenant::gadget::keystore
