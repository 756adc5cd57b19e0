#include "monitor/web/request_target.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace revenant::monitor {
namespace {

constexpr std::array<std::pair<std::string_view, Resource>, 8> paths{{
    {"/livez", Resource::alive},
    {"/readyz", Resource::ready},
    {"/health", Resource::health},
    {"/metrics", Resource::metrics},
    {"/api/state", Resource::state},
    {"/api/streams", Resource::streams},
    {"/api/history", Resource::history},
    {"/events", Resource::events},
}};

constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";

std::string_view path_of(std::string_view text) {
    return text.substr(0, text.find('?'));
}

std::string_view query_of(std::string_view text) {
    const auto mark = text.find('?');
    return mark == std::string_view::npos ? std::string_view{} : text.substr(mark + 1);
}

}  // namespace

std::optional<std::string> parameter(std::string_view text, std::string_view name) {
    for (auto query = query_of(text); !query.empty();) {
        const auto pair = query.substr(0, query.find('&'));
        query.remove_prefix(std::min(pair.size() + 1, query.size()));
        const auto equals = std::min(pair.find('='), pair.size());
        if (pair.substr(0, equals) == name)
            return std::string{pair.substr(std::min(equals + 1, pair.size()))};
    }
    return std::nullopt;
}

std::optional<RequestTarget> read_target(std::string_view text) {
    const auto path = path_of(text);
    RequestTarget target;
    const auto* const known =
        std::find_if(paths.begin(), paths.end(), [path](const auto& pair) { return pair.first == path; });
    if (known != paths.end()) {
        target.resource = known->second;
        target.verbose = parameter(text, "verbose").has_value();
        return target;
    }
    if (!path.starts_with('/'))
        return std::nullopt;
    target.resource = Resource::file;
    target.file = path.size() == 1 ? "index.html" : path.substr(1);
    if (target.file.find_first_not_of(letters) != std::string::npos || target.file.front() == '.')
        return std::nullopt;
    return target;
}

}  // namespace revenant::monitor
