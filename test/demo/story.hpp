#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

namespace revenant::demo {

/// What the demo did and saw, step by step, printed as it goes and once more as a table.
class Story {
public:
    /// Runs one step and notes how long it took. `act` returns what was seen, and throws when that is not what it
    /// should be.
    void step(const std::string& what, const std::function<std::string()>& act);

    void print_table() const;
    [[nodiscard]] bool all_well() const { return well_; }

private:
    struct Line {
        std::string what, seen;
        std::chrono::milliseconds took;
        bool well;
    };
    std::vector<Line> lines_;
    bool well_ = true;
};

/// Throws std::runtime_error with `complaint` unless `holds`.
void expect(bool holds, const std::string& complaint);

}  // namespace revenant::demo
