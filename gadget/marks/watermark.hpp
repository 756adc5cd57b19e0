#pragma once

#include <array>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "gadget/disk/result.hpp"
#include "gadget/marks/live_page.hpp"
#include "gadget/marks/marks_file.hpp"

namespace revenant::gadget::keystore {

struct MarkRules {
    JumpRules jumps;
    /// w: a write reserves this many levels above the highest one, and levels up to the reserve are signed without a
    /// write. 0: each signature writes its exact mark. 0 to 64.
    std::int64_t reserve_levels = 0;
};

/// The mark counts: sign, no commit needed.
struct Ready {};
/// Call commit() with this. The signature may be sent only after it has succeeded.
struct Advance {
    Operation operation;
    Hash32 hash;  // BLAKE2b-256 of the payload
};
using Verdict = std::variant<Ready, Advance, Failure>;

/// Status of one key on one chain.
struct ChainView {
    ChainId chain;
    std::array<Mark, tezos::kind_count> marks;  // by Kind
    bool degraded = false;                  // a slot was lost: the highest mark is an upper bound of what was signed
    bool corrupted = false;                 // the marks are lost: nothing is signed until set_level with the passphrase
    std::int64_t reserve = no_level;        // that stands in this process
    std::int64_t refused_until = no_level;  // since a power cut, while no higher level is signed
};

/// The watermark of one key on one chain: prevents signing two different payloads of one kind at one level and round.
/// The exact marks are in memory and on the live page; the card holds a reserve that is written ahead of them. A
/// signature leaves when the page holds its mark and its level is at most the reserve of the newest slot that this
/// process has written successfully.
class Watermark {
public:
    /// `name`: the marks file on `disk`; disk and the owner's data key must outlive this. `page`: null without a keeper
    /// of memory; then a crash counts as a power cut. Blocks: opens the file and restates the marks durably, at rest.
    /// It is corrupted() when both slots are lost or the file is absent. If the write fails, the watermark does not
    /// sign until one succeeds. Throws std::system_error when the disk cannot report whether the file exists.
    Watermark(Disk& disk, std::string name, MarksFile::Owner owner, const MarkRules& rules,
              std::shared_ptr<LivePage> page, Uptime now);

    /// Creates the file of a chain that has none, durably: no mark, or every kind at `floor` when that is 0 or more.
    /// `budget`: initial jump budget. Blocks.
    static std::error_code create(Disk& disk, const std::string& name, const MarksFile::Owner& owner,
                                  std::uint32_t budget, std::int32_t floor);

    /// Judges against the newest state without disk access; raises the mark, in memory and on the page, if the reserve
    /// covers it. Any thread (event loop); never blocks.
    Verdict ask(const Operation& operation, const Hash32& hash, Uptime now);

    /// Judges again, raises the mark and writes what is not covered yet: one 512-byte write when levels are
    /// consecutive. Blocks: worker threads; concurrent calls are serialised. Empty result: the signature may be sent.
    Outcome commit(const Advance& advance, Uptime now);

    /// set_level: raises every kind to at least `level`. Beyond the jump budget only with `passphrase_given`, which
    /// also recreates lost marks at `level`. Blocks. May run concurrently with ask() and commit().
    Outcome raise(std::uint64_t level, bool passphrase_given, Uptime now);

    /// Whether the reserve should be written ahead now. Any thread; never blocks on the disk.
    [[nodiscard]] bool wants_ahead() const;
    /// Writes the reserve ahead if it is still wanted. Blocks: a worker thread. After a failure the reserve stands, and
    /// what it covers goes on.
    Outcome write_ahead();

    /// A clean end: writes the exact marks at rest, unless they are. From the moment it begins nothing is reserved;
    /// later requests write again. Blocks: a worker thread.
    Outcome rest();

    /// Whether nothing has changed since a successful write at rest. Any thread; never blocks on the disk.
    [[nodiscard]] bool at_rest() const;

    /// The key is deleted: gives its page back.
    void discard_page();

    /// Any thread, any time; never blocks on the disk.
    [[nodiscard]] ChainView view() const;
    [[nodiscard]] bool corrupted() const;

private:
    enum class Goal : std::uint8_t { restate, sign, set_level, ahead, rest };
    /// A slot to write, and whether it only raises the ceiling for the write that follows.
    struct Begun {
        Slot slot;
        bool raises;
    };

    // With writing_ held:
    void open_file();
    void adopt(MarksFile::Found found);
    Outcome ensure_restated();
    Outcome write(Goal goal);
    Outcome rebuild(std::int32_t level);
    Begun begin(Goal goal);
    bool finish(Goal goal, const Begun& begun);

    // With state_lock_ held:
    Verdict judge_and_mark(const Advance& asked, Uptime now, bool above_reserve);
    [[nodiscard]] std::int64_t reserve_for(Goal goal) const;
    [[nodiscard]] bool covers(std::int64_t level) const { return level <= reserve_; }
    [[nodiscard]] bool is_exact() const;
    [[nodiscard]] bool is_near_reserve() const;
    void change(const Marks& marks);
    void count_change();

    // Any time:
    [[nodiscard]] Failure refusal(Standing standing, const Marks& marks, const Operation& operation) const;
    [[nodiscard]] Failure over_budget(const Marks& marks, std::int64_t level) const;
    [[nodiscard]] Failure lost() const;
    [[nodiscard]] Failure unwritten(Goal goal, const std::error_code& error) const;
    [[nodiscard]] std::string subject() const;
    [[nodiscard]] std::string after_jump(const Marks& marks, std::int32_t level) const;
    [[nodiscard]] std::string remedy(const std::string& level) const;

    Disk& disk_;
    const std::string name_;
    const MarksFile::Owner owner_;
    const MarkRules rules_;

    std::mutex writing_;               // held during disk work; taken before state_lock_
    std::unique_ptr<MarksFile> file_;  // guarded by writing_; empty: corrupted

    mutable std::mutex state_lock_;  // held briefly; guards the members below
    std::shared_ptr<LivePage> page_;
    Marks live_;                            // the newest, even if their write failed
    Stamp stamp_;                           // of the newest change or write
    std::int64_t reserve_ = no_level;       // F1: R of the newest slot that this process wrote successfully
    std::int64_t stay_ceiling_ = no_level;  // of the slot that the next write leaves alone
    unsigned restates_ = 0;                 // writes left before anything may leave
    bool at_rest_ = false;                  // the newest write succeeded, is at rest, and nothing changed since
    unsigned written_ = 0;                  // successful writes of this process, which alternate between the slots
    bool corrupted_ = true;
    Refill refill_;
};

}  // namespace revenant::gadget::keystore
