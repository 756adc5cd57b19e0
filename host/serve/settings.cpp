#include "host/serve/settings.hpp"

#include <charconv>
#include <optional>
#include <stdexcept>

#include <boost/algorithm/string/classification.hpp>
#include <boost/algorithm/string/split.hpp>
#include <boost/asio/ip/address.hpp>
#include <fmt/format.h>

#include "common/core/visible.hpp"
#include "common/net/tcp_listener.hpp"
#include "host/channel/device.hpp"
#include "host/channel/key_id.hpp"

namespace revenant::host::serve {
namespace {

using boost::asio::ip::tcp;

std::optional<boost::asio::ip::address> address_of(const std::string& text) {
    boost::system::error_code failed;
    auto address = boost::asio::ip::make_address(text, failed);
    return failed ? std::nullopt : std::optional{address};
}

/// From the settings listen-address and listen-port.
tcp::endpoint listen_endpoint(const Options& options) {
    const auto port = static_cast<std::uint16_t>(options.number("listen-port", 0, 65'535));
    if (const auto address = address_of(options.text("listen-address")))
        return {*address, port};
    throw usage_error(
        fmt::format("the setting listen-address is '{}' ({}): expected an IP address, such as 127.0.0.1 or ::1",
                    visible(options.text("listen-address")), options.origin("listen-address")));
}

/// From --listen: `127.0.0.1:20090`, `[::1]:20090`, `:20090` (all addresses), or an address alone.
tcp::endpoint listen_endpoint(const std::string& text, tcp::endpoint endpoint) {
    const auto colon = text.ends_with(']') ? std::string::npos : text.rfind(':');
    auto host = text.substr(0, colon);
    if (host.starts_with('[') && host.ends_with(']'))
        host = host.substr(1, host.size() - 2);
    const auto address = address_of(host.empty() ? "0.0.0.0" : host);
    auto port = endpoint.port();
    const auto digits = colon != std::string::npos ? text.substr(colon + 1) : std::to_string(port);
    const auto [end, failed] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
    if (!address || failed != std::errc{} || end != digits.data() + digits.size())
        throw usage_error(fmt::format("--listen is '{}': expected ADDRESS:PORT, such as 127.0.0.1:20090 or [::1]:20090",
                                      visible(text)));
    return {*address, port};
}

std::string path_prefix(const Options& options) {
    auto prefix = options.text("path-prefix");
    while (prefix.ends_with('/'))
        prefix.pop_back();
    const auto strange = prefix.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./");
    if (!prefix.empty() && (prefix.front() != '/' || strange != std::string::npos))
        throw usage_error(
            fmt::format("the setting path-prefix is '{}' ({}): expected a path like /signer, of letters, "
                        "digits and -_.",
                        visible(prefix), options.origin("path-prefix")));
    return prefix;
}

ClientKeys client_keys(const Options& options) {
    try {
        return ClientKeys{options.text("client-keys")};
    } catch (const std::invalid_argument& wrong) {
        throw usage_error(visible(wrong.what()));
    }
}

http::HostNames host_names(const Options& options) {
    try {
        return http::HostNames{options.text("host-names")};
    } catch (const std::invalid_argument& wrong) {
        throw usage_error(
            fmt::format("the setting host-names ({}): {}", options.origin("host-names"), visible(wrong.what())));
    }
}

AutoUnlockSettings auto_unlock(const Options& options) {
    std::vector<std::string> ids;
    boost::split(ids, options.text("auto-unlock"), boost::is_any_of(", \t"), boost::token_compress_on);
    std::erase(ids, "");
    return {ids == std::vector<std::string>{"all"} ? ids : key_ids(ids), options.flag("auto-unlock-exact")};
}

AuditSettings audit(const Options& options) {
    AuditSettings settings;
    settings.file = options.text("audit-log");
    settings.size = static_cast<std::size_t>(options.number("audit-size", 1, 1024));
    settings.files = static_cast<std::size_t>(options.number("audit-files", 2, 100));
    return settings;
}

}  // namespace

std::vector<Option> settings() {
    return {
        {.name = "listen-address", .default_value = "127.0.0.1", .help = "address to listen on"},
        {.name = "listen-port", .default_value = "20090", .help = "TCP port to listen on; 0: any free port"},
        {.name = "unix-socket",
         .help = "also listen on this unix socket, for HTTP from a reverse proxy",
         .hint = ValueHint::file},
        {.name = "path-prefix", .help = "prefix of all paths, for example /signer"},
        {.name = "client-keys",
         .help = "public keys (edpk…, sppk…, p2pk…, BLpk…), separated by commas: a client must sign each request with "
                 "one of them"},
        flag_option("allow-unauthenticated", "allow unauthenticated requests on non-loopback addresses"),
        {.name = "host-names",
         .help = "host names accepted in requests, separated by commas; addresses and localhost are always accepted"},
        flag_option("list-known-keys", "answer /known_keys"),
        {.name = "auto-unlock",
         .help = "key ids, separated by commas, or all: unlock them when the device becomes ready, with the service "
                 "manager's credential 'passphrase'"},
        flag_option("auto-unlock-exact", "do not convert that passphrase to Unicode's normal form C"),
        {.name = "audit-log",
         .help = "write each decision about a signature to this file, as a line of JSON",
         .hint = ValueHint::file},
        {.name = "audit-size", .default_value = "10", .help = "maximum size of that file in MiB before it is rotated"},
        {.name = "audit-files", .default_value = "10", .help = "number of these files to keep"},
        {.name = "status-socket", .help = "report the status on this socket, for the monitor", .hint = ValueHint::file},
        {.name = "log-level",
         .default_value = "info",
         .help = "lowest level to log",
         .choices = {"trace", "debug", "info", "warning", "error", "critical", "off"}},
    };
}

ServeSettings serve_settings(const Options& options, const std::vector<std::string>& key_ids) {
    ServeSettings settings;
    settings.listen = listen_endpoint(options);
    if (options.origin("listen") != "default")
        settings.listen = listen_endpoint(options.text("listen"), settings.listen);
    settings.unix_socket = options.text("unix-socket");
    settings.prefix = path_prefix(options);
    settings.client_keys = client_keys(options);
    settings.host_names = host_names(options);
    settings.list_known_keys = options.flag("list-known-keys");
    settings.deadline = chosen_deadline(options).value_or(settings.deadline);
    settings.key_ids = host::key_ids(key_ids);
    settings.auto_unlock = auto_unlock(options);
    settings.audit = audit(options);
    settings.status_socket = options.text("status-socket");
    settings.log_level = options.text("log-level");
    const bool open = settings.client_keys.empty() && !options.flag("allow-unauthenticated");
    if (open && !is_loopback(settings.listen.address()))
        throw usage_error(
            fmt::format("anyone who reaches {} could ask for signatures: name the clients' public keys with "
                        "--client-keys, listen at 127.0.0.1, or use --allow-unauthenticated if a firewall rejects all "
                        "others",
                        settings.listen.address().to_string()));
    return settings;
}

}  // namespace revenant::host::serve
