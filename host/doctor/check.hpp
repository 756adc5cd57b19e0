#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace revenant::host::doctor {

/// The result of one check.
struct Check {
    /// unknown: the check could not run, so it may be either.
    enum class State : std::uint8_t { fine, problem, unknown };

    std::string name;
    State state = State::unknown;
    std::string found{};   ///< the subject and its state, or why it is unknown
    std::string remedy{};  ///< empty: none
    std::string device{};  ///< its name, if several are plugged in
};
using Checks = std::vector<Check>;

Check fine(std::string name, std::string found);
Check problem(std::string name, std::string found, std::string remedy);
Check unknown(std::string name, std::string why, std::string remedy = {});

}  // namespace revenant::host::doctor
