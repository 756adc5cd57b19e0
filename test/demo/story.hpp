#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

namespace revenant::demo {

/// The steps and results of the demo, printed as they happen and again as a table.
class Story {
public:
    /// Runs one step and records its duration. `act` returns the result, and throws if it is not as expected.
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
