#include "host/channel/key_id.hpp"

#include <algorithm>
#include <cctype>
#include <iterator>
#include <string_view>

#include <fmt/format.h>

#include "host/error/error.hpp"
#include "host/text/printable.hpp"

namespace revenant::host {

std::string key_id(const std::string& word) {
    const auto is_space = [](unsigned char c) { return std::isspace(c) != 0; };
    const auto first = std::find_if_not(word.begin(), word.end(), is_space);
    const auto last = std::find_if_not(word.rbegin(), std::make_reverse_iterator(first), is_space).base();
    std::string id;
    std::transform(first, last, std::back_inserter(id),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyz0123456789_-";
    if (id.empty() || id.size() > 64 || id.find_first_not_of(letters) != std::string::npos)
        throw usage_error(fmt::format("invalid key id '{}': use 1 to 64 letters, digits, '_' or '-'", printable(word)));
    return id;
}

std::vector<std::string> key_ids(const std::vector<std::string>& words) {
    std::vector<std::string> ids;
    std::transform(words.begin(), words.end(), std::back_inserter(ids), key_id);
    return ids;
}

}  // namespace revenant::host
