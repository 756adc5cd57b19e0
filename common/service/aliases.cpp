#include "common/service/aliases.hpp"

#include <algorithm>
#include <iterator>
#include <sstream>

namespace revenant {
namespace {

std::vector<std::string> split(const std::string& text) {
    std::istringstream words{text};
    return {std::istream_iterator<std::string>{words}, {}};
}

}  // namespace

std::vector<std::string> resolve_aliases(std::vector<std::string> words, const std::vector<Alias>& aliases) {
    for (const auto& alias : aliases) {
        const auto begin = split(alias.words);
        if (words.size() < begin.size() || !std::equal(begin.begin(), begin.end(), words.begin()))
            continue;
        words.erase(words.begin() + 1, words.begin() + static_cast<std::ptrdiff_t>(begin.size()));
        words.front() = alias.means;
        break;
    }
    return words;
}

std::string resolve_option(const std::string& key, const std::vector<Alias>& aliases) {
    for (const auto& alias : aliases)
        if (alias.words == "--" + key || (key.starts_with('-') && alias.words == key))
            return alias.means.substr(2);
    return key;
}

std::string aliases_of(const std::string& means, const std::vector<Alias>& aliases) {
    std::string text;
    for (const auto& alias : aliases)
        if (alias.means == means)
            text += (text.empty() ? "" : ", ") + alias.words;
    return text;
}

std::string text_of(const std::vector<Alias>& aliases) {
    std::string text;
    for (const auto& alias : aliases)
        text += (text.empty() ? "" : ", ") + alias.words + " (" + alias.means + ")";
    return text;
}

}  // namespace revenant
