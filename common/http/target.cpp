#include "common/http/target.hpp"

#include <algorithm>
#include <charconv>

#include <boost/algorithm/string/predicate.hpp>
#include <boost/asio/ip/address_v6.hpp>

namespace revenant::http {
namespace {

constexpr std::string_view name_letters =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~%!$&'()*+,;=";

/// Decodes each "%XX". One escape is kept: the one of '/', which would otherwise divide a segment. Nothing if an escape
/// is incomplete.
std::optional<std::string> decoded(std::string_view text) {
    std::string plain;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] != '%') {
            plain += text[at];
            continue;
        }
        unsigned char byte = 0;
        const auto digits = text.substr(at + 1, 2);
        const auto [end, failed] = std::from_chars(digits.data(), digits.data() + digits.size(), byte, 16);
        if (failed != std::errc{} || digits.size() != 2 || end != digits.data() + 2)
            return std::nullopt;
        plain += byte == '/' ? std::string{"%2F"} : std::string(1, static_cast<char>(byte));
        at += 2;
    }
    return plain;
}

bool is_port(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char letter) { return letter >= '0' && letter <= '9'; });
}

bool is_address_v6(std::string_view text) {
    boost::system::error_code failed;
    boost::asio::ip::make_address_v6(text, failed);
    return !failed;
}

}  // namespace

bool is_authority(std::string_view text) {
    const bool bracket = text.starts_with('[');
    const auto end = bracket ? text.find(']') : std::min(text.find(':'), text.size());
    if (end == text.npos || end == 0)
        return false;
    const auto rest = text.substr(bracket ? end + 1 : end);
    if (!rest.empty() && (rest.front() != ':' || !is_port(rest.substr(1))))
        return false;
    return bracket ? is_address_v6(text.substr(1, end - 1))
                   : text.substr(0, end).find_first_not_of(name_letters) == std::string_view::npos;
}

std::optional<Target> parse_target(std::string_view text) {
    Target target;
    if (text == "*")
        return Target{"*"};
    constexpr std::string_view scheme = "http://";
    if (boost::algorithm::istarts_with(text, scheme)) {
        text.remove_prefix(scheme.size());
        const auto end = std::min(text.find_first_of("/?"), text.size());
        target.authority = text.substr(0, end);
        text.remove_prefix(end);
        if (!is_authority(target.authority))
            return std::nullopt;
    } else if (!text.starts_with('/')) {
        return std::nullopt;
    }
    const auto mark = std::min(text.find('?'), text.size());
    auto path = decoded(text.substr(0, mark));
    if (!path || text.find('#') != text.npos)
        return std::nullopt;
    target.path = path->empty() ? "/" : std::move(*path);
    target.query = text.substr(std::min(mark + 1, text.size()));
    return target;
}

std::vector<std::pair<std::string, std::string>> parse_query(std::string_view query) {
    std::vector<std::pair<std::string, std::string>> pairs;
    const auto plain = [](std::string_view text) { return decoded(text).value_or(std::string{text}); };
    while (!query.empty()) {
        const auto pair = query.substr(0, query.find('&'));
        query.remove_prefix(std::min(pair.size() + 1, query.size()));
        const auto equals = std::min(pair.find('='), pair.size());
        if (!pair.empty())
            pairs.emplace_back(plain(pair.substr(0, equals)), plain(pair.substr(std::min(equals + 1, pair.size()))));
    }
    return pairs;
}

std::optional<std::string> parameter(std::string_view query, std::string_view name) {
    for (auto& [key, value] : parse_query(query))
        if (key == name)
            return std::move(value);
    return std::nullopt;
}

}  // namespace revenant::http
