#include "common/http/field_values.hpp"

#include <algorithm>

#include <boost/algorithm/string/predicate.hpp>

namespace revenant::http {
namespace {

std::string_view opaque(std::string_view tag) {
    return tag.starts_with("W/") ? tag.substr(2) : tag;
}

}  // namespace

bool matches_tag(std::string_view if_none_match, std::string_view tag) {
    constexpr std::string_view between = " \t,";
    for (auto rest = if_none_match;;) {
        rest.remove_prefix(std::min(rest.find_first_not_of(between), rest.size()));
        if (rest.empty())
            return false;
        const auto open = rest.find('"');  // a tag may contain commas
        const auto close = open == rest.npos ? rest.npos : rest.find('"', open + 1);
        const auto item = rest.substr(0, close == rest.npos ? rest.find_first_of(between) : close + 1);
        if (item == "*" || opaque(item) == opaque(tag))
            return true;
        rest.remove_prefix(item.size());
    }
}

std::optional<std::string_view> credentials(std::string_view authorization, std::string_view scheme) {
    const auto end = authorization.find(' ');
    if (end == authorization.npos || !boost::algorithm::iequals(authorization.substr(0, end), scheme))
        return std::nullopt;
    const auto value = authorization.find_first_not_of(' ', end);
    return value == authorization.npos ? std::nullopt : std::optional{authorization.substr(value)};
}

}  // namespace revenant::http
