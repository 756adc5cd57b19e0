#pragma once

#include <array>
#include <memory>
#include <mutex>
#include <string>
#include <variant>

#include "gadget/disk/result.hpp"
#include "gadget/marks/marks_file.hpp"

namespace revenant::gadget::keystore {

/// The same bytes were signed before and their mark was written in this process: sign them again, no commit.
struct SignAgain {};
/// commit() this; the signature may leave when that has succeeded, not before.
struct Advance {
    Operation operation;
    Hash32 hash;  // BLAKE2b-256 of the payload
};
using Verdict = std::variant<SignAgain, Advance, Failure>;

/// What status shows of one key on one chain.
struct ChainView {
    ChainId chain;
    std::array<Mark, tezos::kind_count> marks;  // by Kind
    bool degraded = false;                      // a slot was lost: some mark is an upper bound of what was signed
    bool corrupted = false;  // the marks are lost: nothing is signed until set_level with the passphrase
};

/// The watermark of one key on one chain: what keeps two different things from being signed at one height.
class Watermark {
public:
    /// `name`: the marks file on `disk`; `budget`: the most levels that jumps may use; disk and the owner's data key
    /// outlive this. Blocks: opens the file, restates the newest state durably, and is corrupted() when both slots are
    /// lost or the file is absent. A write that fails leaves a watermark that does not sign until one succeeds. Throws
    /// std::system_error when the disk cannot even say whether there is a file.
    Watermark(Disk& disk, std::string name, MarksFile::Owner owner, std::uint32_t budget, Uptime now);

    /// Makes the file of a chain that has none, durably: no mark, or every kind at `floor` when that is 0 or more.
    /// `budget`: what jumps may use at first. Blocks.
    static std::error_code create(Disk& disk, const std::string& name, const MarksFile::Owner& owner,
                                  std::uint32_t budget, std::int32_t floor);

    /// Judges without touching the disk, against the newest state; never blocks. Any thread (the loop). While a commit
    /// of this watermark runs the answer is about the state before or after it, so callers wait for its end; one who
    /// does not is refused by commit().
    [[nodiscard]] Verdict ask(const Operation& operation, const Hash32& hash, Uptime now) const;

    /// Judges once more and makes the mark durable: one 512-byte write when levels follow one another. Blocks: worker
    /// threads; several at once queue up. Empty: the signature may leave.
    Outcome commit(const Advance& advance, Uptime now);

    /// set_level: takes every kind to at least `level`. Beyond the jump budget only with `passphrase_given`, which
    /// also makes lost marks anew, from `level`. Blocks. May run beside ask() and commit().
    Outcome raise(std::uint64_t level, bool passphrase_given, Uptime now);

    /// Any thread, any time; never blocks on the disk.
    [[nodiscard]] ChainView view() const;
    [[nodiscard]] bool corrupted() const;

private:
    // The rest is called with writing_ held, or takes state_lock_ itself.
    Marks earn(Uptime now);
    Outcome ensure_written();
    Outcome write(const Marks& next);
    Outcome advance_to(const Marks& now, const Marks& next);
    Outcome rebuild(std::int32_t level);
    [[nodiscard]] Failure refusal(Standing standing, const Marks& marks, const Operation& operation) const;
    [[nodiscard]] Failure lost() const;
    [[nodiscard]] Failure unwritten(const std::error_code& error) const;
    [[nodiscard]] std::string subject() const;
    [[nodiscard]] std::string remedy(const std::string& level) const;

    Disk& disk_;
    const std::string name_;
    const MarksFile::Owner owner_;
    const std::uint32_t budget_;

    std::mutex writing_;               // held over disk work; taken before state_lock_
    std::unique_ptr<MarksFile> file_;  // guarded by writing_; empty: corrupted

    mutable std::mutex state_lock_;  // held for moments only; guards what follows
    Marks state_;                    // the newest, also when its write failed
    Refill refill_;
    bool written_ = false;  // state_ is on the medium by a write of this process
    bool corrupted_ = true;
};

}  // namespace revenant::gadget::keystore
