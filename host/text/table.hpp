#pragma once

#include <string>
#include <utility>
#include <vector>

namespace revenant::host {

/// Rows of text under headings, in aligned columns.
class Table {
public:
    explicit Table(std::vector<std::string> headings) { rows_.push_back(std::move(headings)); }
    /// Adds a row; one cell per heading.
    void add(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }
    [[nodiscard]] std::string text() const;

private:
    std::vector<std::vector<std::string>> rows_;
};

}  // namespace revenant::host
