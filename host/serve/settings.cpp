#include "host/serve/settings.hpp"

#include <stdexcept>

#include <boost/algorithm/string/classification.hpp>
#include <boost/algorithm/string/split.hpp>
#include <boost/asio/ip/address.hpp>
#include <fmt/format.h>

#include "common/net/tcp_listener.hpp"
#include "host/channel/device.hpp"
#include "host/channel/key_id.hpp"
#include "host/text/printable.hpp"

namespace revenant::host::serve {
namespace {

boost::asio::ip::address listen_address(const Options& options) {
    const auto text = options.text("listen-address");
    boost::system::error_code failed;
    auto address = boost::asio::ip::make_address(text, failed);
    if (failed)
        throw usage_error(
            fmt::format("the setting listen-address is '{}' ({}): expected an IP address, such as 127.0.0.1 or ::1",
                        printable(text), options.origin("listen-address")));
    return address;
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
                        printable(prefix), options.origin("path-prefix")));
    return prefix;
}

ClientKeys client_keys(const Options& options) {
    try {
        return ClientKeys{options.text("client-keys")};
    } catch (const std::invalid_argument& wrong) {
        throw usage_error(printable(wrong.what()));
    }
}

std::vector<std::string> words(const Options& options, const char* name) {
    std::vector<std::string> words;
    boost::split(words, options.text(name), boost::is_any_of(", \t"), boost::token_compress_on);
    std::erase(words, "");
    return words;
}

http::HostNames host_names(const Options& options) {
    try {
        return http::HostNames{words(options, "host-names")};
    } catch (const std::invalid_argument& wrong) {
        throw usage_error(fmt::format("the setting host-names ({}): {}", options.origin("host-names"),
                                      printable(wrong.what())));
    }
}

std::vector<std::string> auto_unlock(const Options& options) {
    auto ids = words(options, "auto-unlock");
    return ids == std::vector<std::string>{"all"} ? ids : key_ids(ids);
}

AuditSettings audit(const Options& options) {
    AuditSettings settings;
    settings.file = options.text("audit-log");
    settings.size = static_cast<std::size_t>(options.number("audit-size", 1, 1024));
    settings.files = static_cast<std::size_t>(options.number("audit-files", 2, 100));
    return settings;
}

}  // namespace

void declare_options(Options& options) {
    options.add("listen-address", "127.0.0.1", "serve: the address to listen at")
        .add("listen-port", "20090", "serve: the TCP port to listen at; 0: any free one")
        .add("unix-socket", "", "serve: listen at this socket too, for HTTP from a reverse proxy")
        .hint(ValueHint::file)
        .add("path-prefix", "", "serve: what stands before each path, like /signer")
        .add("client-keys", "",
             "serve: public keys (edpk…, sppk…, p2pk…, BLpk…), separated by commas: a client must sign each request "
             "with one of them")
        .add_flag("allow-unauthenticated",
                  "serve: let anyone ask for signatures who reaches an address beyond loopback")
        .add("host-names", "",
             "serve: host names accepted in requests, separated by commas; addresses and localhost are always accepted")
        .add_flag("list-known-keys", "serve: answer /known_keys")
        .add("auto-unlock", "",
             "serve: ids of keys, separated by commas, or all: unlock them when the device becomes ready, with the "
             "service manager's credential 'passphrase'")
        .add("audit-log", "", "serve: write a line of JSON for each decision about a signature into this file")
        .hint(ValueHint::file)
        .add("audit-size", "10", "serve: MiB of that file, which then gets a number and makes room for a new one")
        .add("audit-files", "10", "serve: how many of these are kept")
        .add("status-socket", "", "serve: tell the state at this socket, for the monitor")
        .hint(ValueHint::file)
        .add("log-level", "info", "serve: trace, debug, info, warning, error, critical or off")
        .choices({"trace", "debug", "info", "warning", "error", "critical", "off"});
}

ServeSettings serve_settings(const Options& options, const std::vector<std::string>& key_ids) {
    ServeSettings settings;
    settings.listen = {listen_address(options), static_cast<std::uint16_t>(options.number("listen-port", 0, 65'535))};
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
                        "--client-keys, listen at "
                        "127.0.0.1, or say --allow-unauthenticated if a firewall keeps others away",
                        settings.listen.address().to_string()));
    return settings;
}

}  // namespace revenant::host::serve
