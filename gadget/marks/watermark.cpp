#include "gadget/marks/watermark.hpp"

#include <algorithm>
#include <optional>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "common/tezos/text.hpp"

namespace revenant::gadget::keystore {
namespace {

Marks first_marks(std::uint32_t budget, std::int32_t floor) {
    Marks marks;
    marks.budget = budget;
    return raised(marks, floor);
}

std::string shown(const Mark& mark) {
    return fmt::format("level {} round {}", mark.level, mark.round);
}

}  // namespace

Watermark::Watermark(Disk& disk, std::string name, MarksFile::Owner owner, const JumpRules& jumps, Uptime now)
    : disk_{disk}, name_{std::move(name)}, owner_{std::move(owner)}, jumps_{jumps}, refill_{jumps, now} {
    auto opened = MarksFile::open(disk_, name_, owner_);
    if (const auto* error = std::get_if<std::error_code>(&opened))
        throw std::system_error{*error, "open '" + disk_.path(name_) + "'"};
    if (auto* found = std::get_if<MarksFile::Found>(&opened)) {
        file_ = std::move(found->file);
        state_ = found->marks;
        corrupted_ = false;
        // The state read may be in the page cache only, and the bounds of a lost slot are not written yet. If this
        // write fails, the next use starts with it again.
        ensure_written();
    }
}

std::error_code Watermark::create(Disk& disk, const std::string& name, const MarksFile::Owner& owner,
                                  std::uint32_t budget, std::int32_t floor) {
    return disk.replace(name, MarksFile::fresh(owner, first_marks(budget, floor)));
}

std::error_code Watermark::recreate(Disk& disk, const std::string& name, const MarksFile::Owner& owner,
                                    std::uint32_t budget, std::int32_t level) {
    return disk.replace(name, MarksFile::fresh(owner, bounded(level, budget)));
}

Verdict Watermark::ask(const Operation& operation, const Hash32& hash, Uptime now) const {
    const std::scoped_lock hold{state_lock_};
    if (corrupted_)
        return lost();
    auto marks = state_;
    marks.budget = refill_.at(marks.budget, now);
    const auto standing = judge(marks, operation, hash);
    if (standing == Standing::repeats && written_)
        return SignAgain{};
    if (standing == Standing::repeats || standing == Standing::advances)
        return Advance{operation, hash};  // for a repeat whose write failed, commit() rewrites the mark first
    return refusal(standing, marks, operation);
}

Outcome Watermark::commit(const Advance& advance, Uptime now) {
    const std::scoped_lock one_writer{writing_};
    if (!file_)
        return lost();
    if (auto failed = ensure_written())
        return failed;
    // Judged again here, not only in ask(), to include everything written since then by any thread.
    const auto marks = earn(now);
    const auto standing = judge(marks, advance.operation, advance.hash);
    if (standing == Standing::repeats)
        return {};
    if (standing != Standing::advances)
        return refusal(standing, marks, advance.operation);
    const auto cost = jump(marks, advance.operation.level);
    return advance_to(marks, charged(advanced(marks, advance.operation, advance.hash), cost));
}

Outcome Watermark::raise(std::uint64_t level, bool passphrase_given, Uptime now) {
    if (level > max_level)
        return Failure{
            Cause::out_of_bounds,
            fmt::format("{}: level {} rejected: the maximum is {}; choose a lower level", subject(), level, max_level)};
    const auto to = static_cast<std::int32_t>(level);
    const std::scoped_lock one_writer{writing_};
    if (!file_)
        return passphrase_given ? rebuild(to) : Outcome{lost()};
    if (auto failed = ensure_written())
        return failed;
    const auto marks = earn(now);
    const auto next = raised(marks, to);
    if (next == marks)
        return {};
    const auto cost = passphrase_given ? 0 : jump(marks, to);
    if (cost > marks.budget)
        return Failure{
            Cause::over_budget,
            fmt::format("{}: raising to level {} rejected: the highest mark is at level {} and the jump of {} levels "
                        "exceeds the remaining jump budget of {}; if the level is correct, {}",
                        subject(), level, marks.highest(), cost, marks.budget, remedy(std::to_string(level)))};
    return advance_to(marks, charged(next, cost));
}

ChainView Watermark::view() const {
    const std::scoped_lock hold{state_lock_};
    ChainView view{owner_.chain, {}, false, corrupted_};
    for (std::size_t kind = 0; kind < view.marks.size(); ++kind) {
        view.marks[kind] = state_.guards[kind].mark;
        view.degraded = view.degraded || is_bound(view.marks[kind]);
    }
    return view;
}

bool Watermark::corrupted() const {
    const std::scoped_lock hold{state_lock_};
    return corrupted_;
}

/// Adds the regained budget; it is written with the next mark.
Marks Watermark::earn(Uptime now) {
    const std::scoped_lock hold{state_lock_};
    state_.budget = refill_.at(state_.budget, now);
    refill_.settle(now);
    return state_;
}

/// Initially and after a failed write, the newest state is written to the medium before anything else may happen.
Outcome Watermark::ensure_written() {
    Marks newest;
    {
        const std::scoped_lock hold{state_lock_};
        if (written_)
            return {};
        newest = state_;
    }
    return write(newest);
}

Outcome Watermark::write(const Marks& next) {
    const auto error = file_->write(next);
    const std::scoped_lock hold{state_lock_};
    state_ = next;  // also after a failure: the medium may hold it
    written_ = !error;
    return error ? Outcome{unwritten(error)} : Outcome{};
}

Outcome Watermark::advance_to(const Marks& now, const Marks& next) {
    // First the ceiling, then the mark: if the slot of the mark is lost, the other slot bounds it.
    if (exceeds_ceiling(now, next))
        if (auto failed = write(with_ceilings(now, next)))
            return failed;
    return write(next);
}

/// Recreates lost marks from a level given by an operator with the passphrase.
Outcome Watermark::rebuild(std::int32_t level) {
    if (const auto error = recreate(disk_, name_, owner_, jumps_.budget, level))
        return unwritten(error);
    auto opened = MarksFile::open(disk_, name_, owner_);
    auto* found = std::get_if<MarksFile::Found>(&opened);
    if (!found)
        return unwritten(std::make_error_code(std::errc::io_error));
    file_ = std::move(found->file);
    {
        const std::scoped_lock hold{state_lock_};
        state_ = found->marks;
        written_ = false;
        corrupted_ = false;
    }
    return ensure_written();
}

Failure Watermark::refusal(Standing standing, const Marks& marks, const Operation& operation) const {
    const auto& last = marks.of(operation.kind).mark;
    const auto asked = fmt::format("{}: {} at level {} round {} rejected: ", subject(), tezos::name(operation.kind),
                                   operation.level, operation.round);
    if (standing == Standing::out_of_bounds)
        return {Cause::out_of_bounds,
                asked + fmt::format("the maximum level is {}; check the node's chain", max_level)};
    if (standing == Standing::over_budget)
        return {Cause::over_budget,
                asked + fmt::format("the last mark of this kind is at level {}, the highest of any kind at {}, and the "
                                    "jump exceeds the remaining jump budget of {} levels; {}",
                                    last.level, marks.highest(), marks.budget, after_jump(marks, operation.level))};
    if (is_bound(last))
        return {Cause::stale, asked + fmt::format("the newest mark was lost in a power cut and anything up to level {} "
                                                  "may have been signed; signing resumes automatically at level {}",
                                                  last.level, std::int64_t{last.level} + 1)};
    const bool conflict = operation.level == last.level && operation.round == last.round && last.has_hash;
    return {Cause::stale,
            asked + fmt::format("{} is at {}; check that only one baker uses this key",
                                conflict ? "a different payload was signed there: the last mark" : "the last mark",
                                shown(last))};
}

Failure Watermark::lost() const {
    return {Cause::corrupted, fmt::format("{}: signing is disabled: the marks in '{}' are lost or damaged; find the "
                                          "highest level that the key has signed, then {}",
                                          subject(), disk_.path(name_), remedy("LEVEL"))};
}

Failure Watermark::unwritten(const std::error_code& error) const {
    return {Cause::storage, fmt::format("{}: not signed: cannot write the mark to '{}' ({}); check the card, and that "
                                        "it is not full or mounted read-only",
                                        subject(), disk_.path(name_), error.message())};
}

std::string Watermark::subject() const {
    return fmt::format("key '{}' on chain {}", owner_.key_id, tezos::chain_text(owner_.chain));
}

/// Raising the mark cannot help with the level after the highest.
std::string Watermark::after_jump(const Marks& marks, std::int32_t level) const {
    if (level - 1 > marks.highest())
        return "if the level is correct, " + remedy(std::to_string(level - 1));
    return fmt::format("one level is regained every {} ms; check which program signs more often",
                       jumps_.refill.count());
}

std::string Watermark::remedy(const std::string& level) const {
    return fmt::format("run 'revenant set-level {} {} --chain {} --with-passphrase'", owner_.key_id, level,
                       tezos::chain_text(owner_.chain));
}

}  // namespace revenant::gadget::keystore
