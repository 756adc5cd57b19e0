#include "monitor/checks/declaration.hpp"

#include <algorithm>
#include <charconv>
#include <stdexcept>

#include <boost/algorithm/string/classification.hpp>
#include <boost/algorithm/string/split.hpp>
#include <fmt/format.h>

namespace revenant::monitor {
namespace {

constexpr std::string_view name_letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";

[[noreturn]] void refuse(std::string_view word, std::string_view why) {
    throw std::invalid_argument{fmt::format("'{}' {}", word, why)};
}

struct Url {
    boost::asio::ip::tcp::endpoint server{};
    std::string rest{};  ///< with its leading slash
};

/// HOST:PORT/REST. Names are not resolved: a lookup has no bounded duration.
Url read_url(std::string_view probe, std::string_view text) {
    const auto slash = std::min(text.find('/'), text.size());
    const auto authority = text.substr(0, slash);
    const auto colon = authority.rfind(':');
    if (colon == std::string_view::npos)
        refuse(probe, "has no port: write HOST:PORT, such as 127.0.0.1:5555");
    auto host = authority.substr(0, colon);
    if (host.starts_with('[') && host.ends_with(']'))
        host = host.substr(1, host.size() - 2);
    if (host == "localhost")
        host = "127.0.0.1";
    boost::system::error_code failed;
    const auto address = boost::asio::ip::make_address(std::string{host}, failed);
    if (failed)
        refuse(probe, "has an invalid host: expected an IP address, such as 127.0.0.1 or [::1]");
    const auto digits = authority.substr(colon + 1);
    std::uint16_t port = 0;
    const auto [end, wrong] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
    if (wrong != std::errc{} || end != digits.data() + digits.size() || port == 0)
        refuse(probe, "has an invalid port: expected 1 to 65535");
    return {{address, port}, std::string{text.substr(slash)}};
}

/// `dialect`: the part after "mdp+"; `text`: the part after "://".
MdpTarget read_mdp(std::string_view probe, std::string_view dialect, std::string_view text) {
    MdpTarget target;
    const auto known = mdp::dialect_of(dialect);
    if (!known)
        refuse(probe, "has an unknown dialect: expected mdp+rfc7, mdp+rfc18 or mdp+plantd");
    target.dialect = *known;
    const auto url = read_url(probe, text);
    const auto mark = url.rest.find('?');
    if (mark != std::string::npos && url.rest.substr(mark) != "?echo")
        refuse(probe, "has an unknown parameter: only '?echo' is supported");
    target.echo = mark != std::string::npos;
    target.service =
        url.rest.substr(std::min<std::size_t>(1, url.rest.size()), mark == std::string::npos ? mark : mark - 1);
    if (target.service.empty() || target.service.size() > mdp::max_name)
        refuse(probe, "has no service name of 1 to 255 bytes: write it as mdp://127.0.0.1:5555/sign");
    const auto host = url.server.address().to_string();
    target.endpoint =
        fmt::format("tcp://{}:{}", url.server.address().is_v6() ? '[' + host + ']' : host, url.server.port());
    return target;
}

Target read_target(std::string_view probe) {
    const auto after = [probe](std::string_view scheme) { return probe.substr(scheme.size()); };
    for (const auto* const scheme : {"unix:", "status:"})
        if (probe.starts_with(scheme)) {
            auto path = after(scheme);
            if (path.starts_with("//"))
                path.remove_prefix(2);
            if (!path.starts_with('/'))
                refuse(probe, "has no socket: write its absolute path");
            return UnixTarget{std::string{path}, std::string_view{scheme} == "status:"};
        }
    if (probe.starts_with("http://")) {
        const auto text = after("http://");
        auto url = read_url(probe, text.substr(0, text.find('#')));  // a fragment is for the client alone
        return HttpTarget{url.server, url.rest.empty() ? "/" : url.rest};
    }
    if (probe.starts_with("mdp://"))
        return read_mdp(probe, "rfc18", after("mdp://"));
    const auto end = probe.find("://");
    if (probe.starts_with("mdp+") && end != std::string_view::npos)
        return read_mdp(probe, probe.substr(4, end - 4), probe.substr(end + 3));
    refuse(probe, "is not a probe: expected mdp://, mdp+rfc7://, mdp+plantd://, http://, unix: or status: first");
}

Declaration read_declaration(std::string_view word) {
    const auto equals = word.find('=');
    if (equals == std::string_view::npos)
        refuse(word, "has no probe: write NAME=PROBE");
    Declaration declaration;
    declaration.name = word.substr(0, equals);
    if (declaration.name.ends_with('!')) {
        declaration.essential = true;
        declaration.name.pop_back();
    }
    if (declaration.name.empty() || declaration.name.size() > 64 ||
        declaration.name.find_first_not_of(name_letters) != std::string::npos)
        refuse(word, "has an invalid name: expected 1 to 64 letters, digits or -_.");
    std::vector<std::string> targets;
    boost::split(targets, word.substr(equals + 1), boost::is_any_of(","));
    if (targets.size() > max_targets)
        refuse(word, fmt::format("has {} probes: at most {} are allowed", targets.size(), max_targets));
    for (const auto& probe : targets)
        declaration.targets.push_back(read_target(probe));
    return declaration;
}

}  // namespace

std::vector<Declaration> read_declarations(std::string_view text) {
    std::vector<std::string> words;
    boost::split(words, text, boost::is_any_of(" \t"), boost::token_compress_on);
    std::vector<Declaration> all;
    for (const auto& word : words) {
        if (word.empty())
            continue;
        all.push_back(read_declaration(word));
        const auto same = [&](const Declaration& other) { return other.name == all.back().name; };
        if (std::count_if(all.begin(), all.end(), same) > 1)
            refuse(word, "is declared twice: use each name once");
    }
    if (all.size() > max_dependencies)
        refuse(text.substr(0, 40),
               fmt::format("...: {} dependencies: at most {} are allowed", all.size(), max_dependencies));
    return all;
}

}  // namespace revenant::monitor
