#pragma once

#include "test/support/suite/harness.hpp"

namespace revenant::test {

/// Environment variables that preload `library` into a program.
std::vector<std::string> preloading(const std::string& library);

/// Injects disk faults into the programs of a suite. Create it before the suite, put environment() into the suite's
/// settings, and destroy it after the suite.
class Disk {
public:
    Disk();

    /// Environment variables that connect a program to this disk. `below`: the path of what is affected; by default,
    /// all temporary directories of the suite.
    [[nodiscard]] std::vector<std::string> environment(const std::filesystem::path& below = {}) const;

    void fill() const { say("full"); }
    void make_read_only() const { say("read-only"); }
    void mend() const { say(""); }
    /// Each sync takes `each`, and every n-th takes `tail`.
    void slow_down(milliseconds each, milliseconds tail, unsigned every) const;
    /// How many there were since slow_down().
    [[nodiscard]] std::size_t syncs() const;

    /// All writes block while the result exists.
    [[nodiscard]] UniqueFd hold() const;

private:
    void say(const std::string& what) const;

    TemporaryDirectory dir_;
};

}  // namespace revenant::test
