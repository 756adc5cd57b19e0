#include "test/demo/story.hpp"

#include <algorithm>
#include <exception>
#include <stdexcept>

#include <fmt/core.h>

namespace revenant::demo {

void Story::step(const std::string& what, const std::function<std::string()>& act) {
    using Clock = std::chrono::steady_clock;
    const auto begun = Clock::now();
    Line line{what, {}, {}, true};
    try {
        line.seen = act();
    } catch (const std::exception& failure) {
        line.seen = failure.what();
        line.well = false;
        well_ = false;
    }
    line.took = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - begun);
    fmt::print("{} {}: {} ({} ms)\n", line.well ? "   " : "!! ", line.what, line.seen, line.took.count());
    std::fflush(stdout);
    lines_.push_back(std::move(line));
}

void Story::print_table() const {
    std::size_t what = 4, seen = 8;
    for (const auto& line : lines_) {
        what = std::max(what, line.what.size());
        seen = std::max(seen, line.seen.size());
    }
    fmt::print("\n{:<{}}  {:>7}  {}\n{:-<{}}\n", "WHAT", what, "MS", "WHAT WAS SEEN", "", what + seen + 11);
    for (const auto& line : lines_)
        fmt::print("{:<{}}  {:>7}  {}{}\n", line.what, what, line.took.count(), line.well ? "" : "FAILED: ", line.seen);
}

void expect(bool holds, const std::string& complaint) {
    if (!holds)
        throw std::runtime_error{complaint};
}

}  // namespace revenant::demo
