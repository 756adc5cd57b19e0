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

}  // namespace

std::optional<RequestTarget> read_target(const http::Target& requested) {
    const std::string_view path = requested.path;
    RequestTarget target;
    const auto* const known =
        std::find_if(paths.begin(), paths.end(), [path](const auto& pair) { return pair.first == path; });
    if (known != paths.end()) {
        target.resource = known->second;
        target.verbose = http::parameter(requested.query, "verbose").has_value();
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
