#include "common/service/synonyms.hpp"

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

std::vector<std::string> in_own_words(std::vector<std::string> words, const std::vector<Synonym>& synonyms) {
    for (const auto& synonym : synonyms) {
        const auto begin = split(synonym.words);
        if (words.size() < begin.size() || !std::equal(begin.begin(), begin.end(), words.begin()))
            continue;
        words.erase(words.begin() + 1, words.begin() + static_cast<std::ptrdiff_t>(begin.size()));
        words.front() = synonym.means;
        break;
    }
    return words;
}

std::string own_option(const std::string& key, const std::vector<Synonym>& synonyms) {
    for (const auto& synonym : synonyms)
        if (synonym.words == "--" + key || (key.starts_with('-') && synonym.words == key))
            return synonym.means.substr(2);
    return key;
}

std::string synonyms_of(const std::string& means, const std::vector<Synonym>& synonyms) {
    std::string text;
    for (const auto& synonym : synonyms)
        if (synonym.means == means)
            text += (text.empty() ? "" : ", ") + synonym.words;
    return text;
}

std::string text_of(const std::vector<Synonym>& synonyms) {
    std::string text;
    for (const auto& synonym : synonyms)
        text += (text.empty() ? "" : ", ") + synonym.words + " (" + synonym.means + ")";
    return text;
}

}  // namespace revenant
