#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace revenant::host::doctor {

/// What came of looking at one thing.
struct Check {
    /// unknown: it could not be looked at, so it may be either.
    enum class State : std::uint8_t { fine, problem, unknown };

    std::string name;
    State state = State::unknown;
    std::string found{};   ///< the thing and its state, or why it is not known
    std::string remedy{};  ///< what to do; empty: nothing
    std::string device{};  ///< which one, where several are plugged in
};
using Checks = std::vector<Check>;

Check fine(std::string name, std::string found);
Check problem(std::string name, std::string found, std::string remedy);
Check unknown(std::string name, std::string why, std::string remedy = {});

}  // namespace revenant::host::doctor
