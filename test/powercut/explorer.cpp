#include "test/powercut/explorer.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "test/powercut/cut.hpp"

namespace revenant::powercut {
namespace {

constexpr std::size_t lines_of_report = 30;

/// The last steps of a life before a moment, for a report.
std::string after(const std::vector<std::string>& log, std::size_t end) {
    const auto begin = log.begin() + static_cast<long>(end - std::min(end, lines_of_report));
    return fmt::format("\n after these steps of a life:\n  {}\n",
                       fmt::join(begin, log.begin() + static_cast<long>(end), "\n  "));
}

}  // namespace

void Explorer::explore(const History& history) {
    states_.clear();
    cards_.clear();
    keys_.clear();
    for (std::size_t i = 0; i < history.moments.size(); ++i)
        try {
            explore(history.moments[i], effort_.cuts, effort_.depth);
        } catch (const Violation& violation) {
            throw Violation{violation.what() + after(history.logs[history.life_of[i]], history.moments[i].logged)};
        }
}

void Explorer::explore(const Moment& moment, std::size_t cuts, unsigned depth) {
    open_killed(moment, depth);
    open_cut(after_loss(moment.card), moment.ledger, depth);
    for (std::size_t cut = 0; cut < cuts && !moment.card.is_settled(); ++cut)
        open_cut(after_cut(moment.card, random_), moment.ledger, depth);
}

/// After the kill the next process shows and signs, and then the power is cut: what it showed was durable.
void Explorer::open_killed(const Moment& moment, unsigned depth) {
    if (is_known(moment.card, moment.ledger))
        return;
    auto ledger = moment.ledger;
    ledger.kill();
    const auto opened = open(moment.card, std::move(ledger), depth);
    try {
        open_cut(after_loss(opened.end.card), opened.end.ledger, 1);
    } catch (const Violation& violation) {
        throw Violation{violation.what() + after(opened.log, opened.log.size())};
    }
}

void Explorer::open_cut(const Card& left, Ledger ledger, unsigned depth) {
    if (is_known(left, ledger))
        return;
    ledger.power_cut();
    open(left, std::move(ledger), depth);
}

Explorer::Opened Explorer::open(const Card& card, Ledger ledger, unsigned depth) {
    ++opened_;
    std::vector<Moment> moments;
    Life::Watch watch;
    if (depth > 1 && random_.one_in(effort_.deeper))
        watch = [&](Moment moment) { moments.push_back(std::move(moment)); };
    auto opened = go_on(card, std::move(ledger), watch);
    for (const auto& moment : moments)
        try {
            explore(moment, effort_.cuts_deeper, depth - 1);
        } catch (const Violation& violation) {
            throw Violation{violation.what() + after(opened.log, moment.logged)};
        }
    return opened;
}

Explorer::Opened Explorer::go_on(const Card& card, Ledger ledger, const Life::Watch& watch) {
    const auto new_keys = keys_to_compare(card, ledger);
    Machine machine{card};
    try {
        Life life{machine, ledger, watch};
        if (!ledger.is_initialised)
            life.init(random_.one_in(2));
        life.compare([&](const std::string& id) { return new_keys.contains(id); });
        life.go_on(random_);
        if (random_.one_in(20) && !life.is_taken("later") && !life.create("later"))
            throw Violation{"no key can be created"};
    } catch (const Violation& violation) {
        throw Violation{violation.what() + after(machine.log(), machine.log().size())};
    }
    return {{machine.card(), std::move(ledger)}, machine.log()};
}

/// A key with the same files and the same ledger was compared in another state: opening it depends on nothing else. One
/// key is always opened, to go on with.
std::set<std::string> Explorer::keys_to_compare(const Card& card, const Ledger& ledger) {
    std::set<std::string> ids;
    for (const auto& [id, known] : ledger.keys) {
        Fingerprint sum;
        card.add_visible_to(sum, id + ".json");
        card.add_visible_to(sum, known.identity.address);
        known.add_to(sum);
        if (ledger.kept)
            add_pages_of(known.identity, *ledger.kept, sum);
        if (keys_.insert(sum.value()).second)
            ids.insert(id);
    }
    if (ids.empty() && !ledger.keys.empty())
        ids.insert(std::next(ledger.keys.begin(), static_cast<long>(random_.pick(ledger.keys.size())))->first);
    return ids;
}

bool Explorer::is_known(const Card& card, const Ledger& ledger) {
    Fingerprint sum;
    card.add_visible_to(sum);
    if (cards_.insert(sum.value()).second)
        ++distinct_;
    card.add_pending_to(sum);
    ledger.add_to(sum);
    return !states_.insert(sum.value()).second;
}

}  // namespace revenant::powercut
