#include "host/text/table.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace revenant::host {

std::string Table::text() const {
    std::vector<std::size_t> widths(rows_.front().size(), 0);
    for (const auto& row : rows_)
        for (std::size_t column = 0; column < row.size(); ++column)
            widths[column] = std::max(widths[column], row[column].size());
    std::string text;
    for (const auto& row : rows_) {
        for (std::size_t column = 0; column + 1 < row.size(); ++column)
            text += fmt::format("{:<{}}  ", row[column], widths[column]);
        text += row.back() + '\n';
    }
    return text;
}

}  // namespace revenant::host
