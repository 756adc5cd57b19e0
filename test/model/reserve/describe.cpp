#include <fmt/format.h>

#include "test/model/reserve/event.hpp"

namespace revenant::model::reserve {
namespace {

constexpr std::array kind_names{"block", "attestation"};
constexpr std::array left_names{"nothing changes", "the new bytes are only in the page cache",
                                "the new bytes are on the disk", "the slot is torn"};
constexpr std::array cut_names{"keeps its old bytes", "has its new bytes", "is torn"};
constexpr std::array goal_names{"nothing",   "the next reserve", "the first reserve or mark",
                                "set_level", "the clean end",    "restating"};

std::string text(const Mark& mark) {
    if (mark.level == 0)
        return "none";
    if (mark.round == last_round)
        return fmt::format("all up to {}", mark.level);
    return fmt::format("{}.{}{}", mark.level, mark.round, mark.payload == 0 ? "" : mark.payload == 1 ? "a" : "b");
}

std::string text(const Marks& marks) {
    return fmt::format("({}, {})", text(marks.of[0]), text(marks.of[1]));
}

std::string text(const Request& request) {
    return fmt::format("{} level {} round {} payload {}", kind_names[request.kind], request.level, request.round,
                       request.payload == 1 ? 'a' : 'b');
}

std::string text(const Slot& slot) {
    if (!slot.readable())
        return "unreadable";
    const auto what = slot.at_rest ? std::string{"at rest"} : fmt::format("reserve {}", slot.reserve);
    const auto ceiling =
        slot.format == 1 ? fmt::format("{}/{}", slot.ceiling[0], slot.ceiling[1]) : fmt::format("{}", slot.ceiling[0]);
    return fmt::format("#{} {} ceiling {} marks {}", slot.stamp.sequence, what, ceiling, text(slot.marks));
}

std::string text(const Disk& disk) {
    std::string all;
    for (const auto& cell : disk)
        all += fmt::format("[{}{}]", text(cell.cache), cell.is_dirty() ? " not synced" : "");
    return all;
}

bool has_left(const State& before, const State& after) {
    return before.witness.left != after.witness.left || after.violation == Violation::signed_twice;
}

std::string outcome(const State& before, const State& after) {
    if (after.violation == Violation::signed_twice)
        return " -> SIGNED TWICE";
    if (after.violation == Violation::signed_below_set_level)
        return " -> SIGNED BELOW SET_LEVEL";
    if (after.violation == Violation::refused_too_much)
        return " -> REFUSES TOO MUCH";
    if (after.violation == Violation::not_exact)
        return " -> REFUSES AFTER AN EXACT END";
    const bool released =
        has_left(before, after) && after.process.waiting.level == 0 && after.process.phase == Phase::open;
    return released ? " -> signed" : "";
}

std::string sentence(const Event& event, const State& before) {
    const auto& cells = before.disk;
    switch (event.sort) {
        case Sort::old_sign:
            return fmt::format("0.1.0: {}: {}", text(event.request),
                               event.choice == 0   ? "written"
                               : event.choice == 1 ? "power cut after the write"
                                                   : "power cut tears the slot");
        case Sort::upgrade:
            return "upgrade from 0.1.0";
        case Sort::open:
            return std::string{event.choice % 2 == 0 ? "open with the keeper of memory" : "open without a keeper"} +
                   (event.choice / 2 == 0 ? "" : ", w = 0");
        case Sort::rebuild:
            return event.choice == 0 ? "both slots are lost: an operator gives the highest level that was signed"
                                     : "both slots are lost: an operator gives a level that is too low";
        case Sort::ask:
            return "asked: " + text(event.request);
        case Sort::set_level:
            return fmt::format("set_level {}", event.request.level);
        case Sort::ahead:
            return "write ahead begins";
        case Sort::rest:
            return "clean end begins";
        case Sort::snapshot:
            return "the contents of a write are taken, and it waits";
        case Sort::retry:
            return "restating is tried again";
        case Sort::succeed:
            return fmt::format("the write for {} returns{}", goal_names[static_cast<std::size_t>(before.process.goal)],
                               before.process.raising ? " (ceiling raised)" : "");
        case Sort::fail:
            return fmt::format("the write for {} fails: {}", goal_names[static_cast<std::size_t>(before.process.goal)],
                               left_names[event.choice]);
        case Sort::kill:
            return "kill";
        case Sort::stop:
            return "stop: the page is dropped";
        case Sort::cut: {
            std::string all = "power cut";
            for (std::size_t slot = 0; slot < 2; ++slot)
                if (cells[slot].is_dirty())
                    all +=
                        fmt::format("; slot {} {}", slot, cut_names[slot == 0 ? event.choice % 3 : event.choice / 3]);
            return all;
        }
        case Sort::flush:
            return fmt::format("the kernel writes slot {}", event.choice);
        case Sort::lose:
            return fmt::format("slot {} becomes unreadable", event.choice);
        case Sort::copy:
            return "the store is copied";
        case Sort::put_back:
            return "the copy of the store is put back";
    }
    return {};
}

}  // namespace

std::string describe(const Event& event, const State& before, const State& after) {
    const auto& process = after.process;
    auto line = sentence(event, before) + outcome(before, after);
    if (event.tear != 0)
        line += fmt::format("; killed during page write {}", event.tear);
    line += "\n        slots " + text(after.disk);
    if (after.page.valid())
        line += "\n        page #" + fmt::format("{}", after.page.newest().stamp.sequence) + " " +
                text(after.page.newest().marks);
    if (process.phase != Phase::dead)
        line += fmt::format("\n        process R {} marks {}", process.reserve, text(process.live));
    return line;
}

}  // namespace revenant::model::reserve
