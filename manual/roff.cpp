#include "manual/roff.hpp"

#include <fmt/format.h>

namespace revenant::manual {
namespace {

/// Returns the code point at `at` and moves `at` past it. The text must be valid UTF-8.
unsigned code_point(std::string_view text, std::size_t& at) {
    const auto first = static_cast<unsigned char>(text[at++]);
    if (first < 0x80)
        return first;
    unsigned point = first < 0xE0 ? first & 0x1FU : first < 0xF0 ? first & 0x0FU : first & 0x07U;
    while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80)
        point = point << 6 | (static_cast<unsigned char>(text[at++]) & 0x3FU);
    return point;
}

}  // namespace

std::string roff(std::string_view text) {
    std::string page;
    if (!text.empty() && (text.front() == '.' || text.front() == '\''))
        page = "\\&";
    for (std::size_t at = 0; at < text.size();) {
        const auto point = code_point(text, at);
        if (point == '\\')
            page += "\\e";
        else if (point == '"')
            page += "\\(dq";
        else if (point == 0x2026)
            page += "...";  // groff has no ellipsis in a non-UTF-8 locale, and warns
        else if (point < 0x80)
            page += static_cast<char>(point);
        else
            page += fmt::format("\\[u{:04X}]", point);
    }
    return page;
}

std::string typed(std::string_view text) {
    std::string page;
    for (const auto letter : roff(text))
        page += letter == '-' ? std::string{"\\-"} : letter == '$' ? std::string{"\\%$"} : std::string(1, letter);
    return page;
}

}  // namespace revenant::manual
