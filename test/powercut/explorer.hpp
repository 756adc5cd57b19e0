#pragma once

#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <unordered_set>
#include <vector>

#include "test/powercut/history.hpp"

namespace revenant::powercut {

/// How much of a history is opened.
struct Effort {
    std::size_t cuts = 16;        // per moment; a kill is added
    std::size_t deeper = 120;     // one of so many openings is cut or killed too
    std::size_t cuts_deeper = 3;  // per moment of such an opening
    unsigned depth = 3;           // power cuts and kills in a row, the first included
};

/// Opens the states that a kill or a power cut may leave at the moments of a history, and goes on signing on each. A
/// state with the same bytes, the same pending changes and the same ledger is not opened again.
class Explorer {
public:
    Explorer(Effort effort, Random& random) : effort_{effort}, random_{random} {}
    /// Throws Violation with the steps before it.
    void explore(const History& history);
    /// States opened, and those of them whose bytes differ from all others.
    [[nodiscard]] std::size_t opened() const { return opened_; }
    [[nodiscard]] std::size_t distinct() const { return distinct_; }

private:
    struct Opened {
        Moment end;
        std::vector<std::string> log;
    };
    void explore(const Moment& moment, std::size_t cuts, unsigned depth);
    void open_killed(const Moment& moment, unsigned depth);
    void open_cut(const Card& left, Ledger ledger, unsigned depth);
    Opened open(const Card& card, Ledger ledger, unsigned depth);
    Opened go_on(const Card& card, Ledger ledger, const Life::Watch& watch);
    std::set<std::string> keys_to_compare(const Card& card, const Ledger& ledger);
    bool is_known(const Card& card, const Ledger& ledger);

    const Effort effort_;
    Random& random_;
    std::size_t opened_ = 0;
    std::size_t distinct_ = 0;
    std::unordered_set<std::uint64_t> states_, cards_, keys_;  // of this history: other histories have other bytes
};

}  // namespace revenant::powercut
