#pragma once

#include <array>
#include <memory>
#include <mutex>
#include <string>
#include <variant>

#include "gadget/disk/result.hpp"
#include "gadget/marks/marks_file.hpp"

namespace revenant::gadget::keystore {

/// The same bytes were signed before and their mark was written by this process: sign them again, no commit needed.
struct SignAgain {};
/// Call commit() with this. The signature may be sent only after it has succeeded.
struct Advance {
    Operation operation;
    Hash32 hash;  // BLAKE2b-256 of the payload
};
using Verdict = std::variant<SignAgain, Advance, Failure>;

/// Status of one key on one chain.
struct ChainView {
    ChainId chain;
    std::array<Mark, tezos::kind_count> marks;  // by Kind
    bool degraded = false;                      // a slot was lost: some mark is an upper bound of what was signed
    bool corrupted = false;  // the marks are lost: nothing is signed until set_level with the passphrase
};

/// The watermark of one key on one chain: prevents signing two different payloads of one kind at one level and round.
class Watermark {
public:
    /// `name`: the marks file on `disk`; `jumps`: its jump budget; disk and the owner's data key must outlive
    /// this. Blocks: opens the file and rewrites the newest state durably. It is corrupted() when both slots
    /// are lost or the file is absent. If the write fails, the watermark does not sign until one succeeds. Throws
    /// std::system_error when the disk cannot report whether the file exists.
    Watermark(Disk& disk, std::string name, MarksFile::Owner owner, const JumpRules& jumps, Uptime now);

    /// Creates the file of a chain that has none, durably: no mark, or every kind at `floor` when that is 0 or more.
    /// `budget`: initial jump budget. Blocks.
    static std::error_code create(Disk& disk, const std::string& name, const MarksFile::Owner& owner,
                                  std::uint32_t budget, std::int32_t floor);
    /// Replaces a lost file: no kind signs up to `level`, in any round. The level alone is known to the operator, and a
    /// later round of it may have been signed. Blocks.
    static std::error_code recreate(Disk& disk, const std::string& name, const MarksFile::Owner& owner,
                                    std::uint32_t budget, std::int32_t level);

    /// Judges against the newest state without disk access; never blocks. Any thread (event loop). While a commit of
    /// this watermark runs, the result refers to the state before or after it, so callers wait for its end; commit()
    /// rejects a caller that did not.
    [[nodiscard]] Verdict ask(const Operation& operation, const Hash32& hash, Uptime now) const;

    /// Judges again and makes the mark durable: one 512-byte write when levels are consecutive. Blocks: worker threads;
    /// concurrent calls are serialised. Empty result: the signature may be sent.
    Outcome commit(const Advance& advance, Uptime now);

    /// set_level: raises every kind to at least `level`. Beyond the jump budget only with `passphrase_given`, which
    /// also recreates lost marks at `level`. Blocks. May run concurrently with ask() and commit().
    Outcome raise(std::uint64_t level, bool passphrase_given, Uptime now);

    /// Any thread, any time; never blocks on the disk.
    [[nodiscard]] ChainView view() const;
    [[nodiscard]] bool corrupted() const;

private:
    // All others are called with writing_ held, or take state_lock_ themselves.
    Marks earn(Uptime now);
    Outcome ensure_written();
    Outcome write(const Marks& next);
    Outcome advance_to(const Marks& now, const Marks& next);
    Outcome rebuild(std::int32_t level);
    [[nodiscard]] Failure refusal(Standing standing, const Marks& marks, const Operation& operation) const;
    [[nodiscard]] Failure lost() const;
    [[nodiscard]] Failure unwritten(const std::error_code& error) const;
    [[nodiscard]] std::string subject() const;
    [[nodiscard]] std::string after_jump(const Marks& marks, std::int32_t level) const;
    [[nodiscard]] std::string remedy(const std::string& level) const;

    Disk& disk_;
    const std::string name_;
    const MarksFile::Owner owner_;
    const JumpRules jumps_;

    std::mutex writing_;               // held during disk work; taken before state_lock_
    std::unique_ptr<MarksFile> file_;  // guarded by writing_; empty: corrupted

    mutable std::mutex state_lock_;  // held briefly; guards the members below
    Marks state_;                    // the newest, even if its write failed
    Refill refill_;
    bool written_ = false;  // state_ was written to the medium by this process
    bool corrupted_ = true;
};

}  // namespace revenant::gadget::keystore
