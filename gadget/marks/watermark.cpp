#include "gadget/marks/watermark.hpp"

#include <system_error>
#include <utility>

#include <fmt/format.h>
#include <sodium.h>

namespace revenant::gadget::keystore {
namespace {

Marks first_marks(std::uint32_t budget, std::int32_t floor) {
    Marks marks;
    marks.budget = budget;
    return raised(marks, floor);
}

std::uint64_t random_run() {
    for (;;) {
        std::uint64_t run = 0;
        randombytes_buf(&run, sizeof run);
        if (run != 0)
            return run;
    }
}

}  // namespace

Watermark::Watermark(Disk& disk, std::string name, MarksFile::Owner owner, const MarkRules& rules,
                     std::shared_ptr<LivePage> page, Uptime now)
    : disk_{disk},
      name_{std::move(name)},
      owner_{std::move(owner)},
      rules_{rules},
      page_{std::move(page)},
      refill_{rules.jumps, now} {
    open_file();
}

std::error_code Watermark::create(Disk& disk, const std::string& name, const MarksFile::Owner& owner,
                                  std::uint32_t budget, std::int32_t floor) {
    return disk.replace(name, MarksFile::fresh(owner, first_marks(budget, floor), {2, random_run()}));
}

void Watermark::open_file() {
    auto opened = MarksFile::open(disk_, name_, owner_);
    if (const auto* error = std::get_if<std::error_code>(&opened))
        throw std::system_error{*error, "open '" + disk_.path(name_) + "'"};
    if (auto* found = std::get_if<MarksFile::Found>(&opened)) {
        adopt(std::move(*found));
        ensure_restated();  // if it fails, the next use starts with it again
    }
}

/// The result of the opening becomes that of the process and of the page, never the raw marks of a slot.
void Watermark::adopt(MarksFile::Found found) {
    const std::scoped_lock hold{state_lock_};
    const auto opening = *opening_of(page_ ? page_->newest() : std::nullopt, found.slots);  // P6: every opening
    live_ = opening.marks;
    stamp_ = {opening.newest.sequence, opening.newest.run != 0 ? opening.newest.run : random_run()};  // F5
    stay_ceiling_ = opening.stay_ceiling;
    restates_ = opening.restates;
    written_ = 0;
    reserve_ = no_level;  // F1: what was found does not count in this process
    at_rest_ = corrupted_ = false;
    file_ = std::move(found.file);
    file_->aim(opening.target);
    count_change();
}

Verdict Watermark::ask(const Operation& operation, const Hash32& hash, Uptime now) {
    const std::scoped_lock hold{state_lock_};
    if (corrupted_)
        return lost();
    return judge_and_mark({operation, hash}, now, false);
}

Outcome Watermark::commit(const Advance& advance, Uptime now) {
    const std::scoped_lock one_writer{writing_};
    if (!file_)
        return lost();
    if (auto failed = ensure_restated())
        return failed;
    {
        // Judged again here, not only in ask(), to include everything signed and written since then by any thread.
        const std::scoped_lock hold{state_lock_};
        auto verdict = judge_and_mark(advance, now, true);
        if (auto* failed = std::get_if<Failure>(&verdict))
            return std::move(*failed);
        if (std::holds_alternative<Ready>(verdict))
            return {};
    }
    return write(Goal::sign);
}

/// A mark above the reserve is raised only where its write follows.
Verdict Watermark::judge_and_mark(const Advance& asked, Uptime now, bool above_reserve) {
    const auto& [operation, hash] = asked;
    auto marks = live_;
    marks.budget = refill_.at(marks.budget, now);
    const auto standing = judge(marks, operation, hash);
    const bool is_covered = covers(operation.level);
    if (standing == Standing::repeats)  // P1: it needs the reserve too, unless the card holds its exact mark
        return is_covered || is_exact() ? Verdict{Ready{}} : asked;
    if (standing != Standing::advances)
        return refusal(standing, marks, operation);
    if (is_covered || above_reserve) {
        refill_.settle(now);
        change(charged(advanced(marks, operation, hash), jump(marks, operation.level)));
    }
    return is_covered ? Verdict{Ready{}} : asked;
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
    if (auto failed = ensure_restated())
        return failed;
    {
        const std::scoped_lock hold{state_lock_};
        auto marks = live_;
        marks.budget = refill_.at(marks.budget, now);
        const auto next = raised(marks, to);
        const auto cost = passphrase_given ? 0 : jump(marks, to);
        if (next.kinds == marks.kinds && (covers(to) || is_exact()))
            return {};
        if (cost > marks.budget)
            return over_budget(marks, to);
        refill_.settle(now);
        change(charged(next, cost));
        if (covers(to))  // F4: while a reserve stands, no flag is written
            return {};
    }
    return write(Goal::set_level);
}

bool Watermark::wants_ahead() const {
    const std::scoped_lock hold{state_lock_};
    return is_near_reserve();
}

Outcome Watermark::write_ahead() {
    const std::scoped_lock one_writer{writing_};
    return wants_ahead() ? write(Goal::ahead) : Outcome{};
}

Outcome Watermark::rest() {
    const std::scoped_lock one_writer{writing_};
    if (!file_)
        return {};
    if (auto failed = ensure_restated())
        return failed;
    return at_rest() ? Outcome{} : write(Goal::rest);
}

bool Watermark::at_rest() const {
    const std::scoped_lock hold{state_lock_};
    return at_rest_ || corrupted_;
}

void Watermark::discard_page() {
    const std::scoped_lock hold{state_lock_};
    if (page_)
        page_->erase();
    page_.reset();
}

/// Recreates lost marks from a level given by an operator with the passphrase. U2: no round of it is signed again.
Outcome Watermark::rebuild(std::int32_t level) {
    Bytes fresh;
    {
        const std::scoped_lock hold{state_lock_};
        const auto given = bounded(level, rules_.jumps.budget, Bound::rebuilt);
        const auto kept = page_ ? page_->newest() : std::nullopt;
        live_ = kept ? higher(given, kept->marks) : given;
        stamp_ = {kept ? kept->stamp.sequence : 0, random_run()};
        count_change();  // both copies of the page, before the file
        count_change();
        fresh = MarksFile::fresh(owner_, live_, stamp_);
    }
    if (const auto error = disk_.replace(name_, fresh))
        return unwritten(Goal::set_level, error);
    auto opened = MarksFile::open(disk_, name_, owner_);
    auto* found = std::get_if<MarksFile::Found>(&opened);
    if (!found)
        return unwritten(Goal::set_level, std::make_error_code(std::errc::io_error));
    adopt(std::move(*found));
    return ensure_restated();
}

ChainView Watermark::view() const {
    const std::scoped_lock hold{state_lock_};
    ChainView view{owner_.chain, live_.kinds, false, corrupted_, reserve_};
    for (const auto& mark : live_.kinds) {
        if (!is_bound(mark) || mark.level < live_.highest())
            continue;
        if (mark.bound == Bound::reserve)
            view.refused_until = mark.level;
        else
            view.degraded = true;
    }
    return view;
}

bool Watermark::corrupted() const {
    const std::scoped_lock hold{state_lock_};
    return corrupted_;
}

}  // namespace revenant::gadget::keystore
