#include <fmt/format.h>

#include "common/tezos/text.hpp"
#include "gadget/marks/watermark.hpp"

/// The messages of Watermark.
namespace revenant::gadget::keystore {
namespace {

std::string shown(const Mark& mark) {
    return fmt::format("level {} round {}", mark.level, mark.round);
}

/// Why nothing up to the level of this mark is signed.
std::string reason(const Mark& bound) {
    switch (bound.bound) {
        case Bound::reserve:
            return fmt::format("the power was cut, and the levels reserved until level {} may have been signed",
                               bound.level);
        case Bound::lost_slot:
            return fmt::format(
                "a slot of the marks was lost in a power cut, and anything up to level {} may have been "
                "signed",
                bound.level);
        case Bound::rebuilt:
            return fmt::format("the marks were lost and set to level {} by the operator", bound.level);
        case Bound::none:
            break;
    }
    return fmt::format("marks were lost, and anything up to level {} may have been signed", bound.level);
}

}  // namespace

Failure Watermark::refusal(Standing standing, const Marks& marks, const Operation& operation) const {
    const auto& last = marks.of(operation.kind);
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
        return {Cause::stale, asked + fmt::format("{}; signing resumes automatically at level {}", reason(last),
                                                  std::int64_t{last.level} + 1)};
    const bool conflict = operation.level == last.level && operation.round == last.round && last.has_hash;
    return {Cause::stale,
            asked + fmt::format("{} is at {}; check that only one baker uses this key",
                                conflict ? "a different payload was signed there: the last mark" : "the last mark",
                                shown(last))};
}

Failure Watermark::over_budget(const Marks& marks, std::int64_t level) const {
    return {Cause::over_budget,
            fmt::format("{}: raising to level {} rejected: the highest mark is at level {} and the jump of {} levels "
                        "exceeds the remaining jump budget of {}; if the level is correct, {}",
                        subject(), level, marks.highest(), jump(marks, level), marks.budget,
                        remedy(std::to_string(level)))};
}

Failure Watermark::lost() const {
    return {Cause::corrupted, fmt::format("{}: signing is disabled: the marks in '{}' are lost or damaged; find the "
                                          "highest level that the key has signed, then {}",
                                          subject(), disk_.path(name_), remedy("LEVEL"))};
}

Failure Watermark::unwritten(Goal goal, const std::error_code& error) const {
    const bool is_background = goal == Goal::ahead || goal == Goal::rest;
    return {Cause::storage,
            fmt::format("{}: {}cannot write the mark to '{}' ({}); check the card, and that it is not full "
                        "or mounted read-only",
                        subject(), is_background ? "" : "not signed: ", disk_.path(name_), error.message())};
}

std::string Watermark::subject() const {
    return fmt::format("key '{}' on chain {}", owner_.key_id, tezos::chain_text(owner_.chain));
}

/// Raising the mark cannot help with the level after the highest.
std::string Watermark::after_jump(const Marks& marks, std::int32_t level) const {
    if (level - 1 > marks.highest())
        return "if the level is correct, " + remedy(std::to_string(level - 1));
    return fmt::format("one level is regained every {} ms; check which program signs more often",
                       rules_.jumps.refill.count());
}

std::string Watermark::remedy(const std::string& level) const {
    return fmt::format("run 'revenant set-level {} {} --chain {} --with-passphrase'", owner_.key_id, level,
                       tezos::chain_text(owner_.chain));
}

}  // namespace revenant::gadget::keystore
