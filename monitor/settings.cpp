#include "monitor/settings.hpp"

#include <boost/algorithm/string/classification.hpp>
#include <boost/algorithm/string/split.hpp>
#include <fmt/format.h>

#include "common/core/visible.hpp"
#include "common/net/tcp_listener.hpp"

namespace revenant::monitor {
namespace {

boost::asio::ip::address listen_address(const Options& options) {
    const auto text = options.text("listen-address");
    boost::system::error_code failed;
    auto address = boost::asio::ip::make_address(text, failed);
    if (failed)
        throw UsageError{
            fmt::format("the setting listen-address is '{}' ({}): expected an IP address, such as 127.0.0.1 or ::1",
                        visible(text), options.origin("listen-address"))};
    return address;
}

std::vector<std::string> words(const Options& options, const char* name) {
    const auto text = options.text(name);
    std::vector<std::string> all;
    boost::split(all, text, boost::is_any_of(", \t"), boost::token_compress_on);
    std::erase(all, "");
    return all;
}

std::vector<std::filesystem::path> signers(const Options& options) {
    std::vector<std::filesystem::path> paths;
    for (const auto& word : words(options, "signers")) {
        if (word.front() != '/')
            throw UsageError{
                fmt::format("the setting signers has '{}' ({}): expected absolute paths, such as "
                            "/run/revenant/signer-0123/status.sock",
                            visible(word), options.origin("signers"))};
        paths.emplace_back(word);
    }
    return paths;
}

http::HostNames host_names(const Options& options) {
    try {
        return http::HostNames{options.text("host-names")};
    } catch (const std::invalid_argument& wrong) {
        throw UsageError{
            fmt::format("the setting host-names ({}): {}", options.origin("host-names"), visible(wrong.what()))};
    }
}

std::vector<Declaration> dependencies(const Options& options) {
    try {
        return read_declarations(options.text("dependencies"));
    } catch (const std::invalid_argument& wrong) {
        throw UsageError{
            fmt::format("the setting dependencies ({}): {}", options.origin("dependencies"), visible(wrong.what()))};
    }
}

std::chrono::milliseconds milliseconds(const Options& options, const char* name, int least) {
    return std::chrono::milliseconds{options.number(name, least, 3'600'000)};
}

}  // namespace

Settings read_settings(const Options& options) {
    Settings settings;
    settings.run_directory = options.text("run-dir");
    settings.signers = signers(options);
    settings.dependencies = dependencies(options);
    settings.pace.period = milliseconds(options, "period-ms", 50);
    settings.listen = {listen_address(options), static_cast<std::uint16_t>(options.number("listen-port", 0, 65'535))};
    settings.token_file = options.text("token-file");
    settings.host_names = host_names(options);
    settings.sample = milliseconds(options, "sample-ms", 100);
    settings.web.streams.total = static_cast<std::size_t>(options.number("max-streams", 1, 100'000));
    settings.web.streams.per_address = static_cast<std::size_t>(options.number("max-streams-per-address", 1, 100'000));
    settings.web.http = WebLimits::limits_of(settings.web.streams);
    settings.web.pace.keep_alive = milliseconds(options, "keep-alive-ms", 100);
    if (!is_loopback(settings.listen.address()) && settings.token_file.empty() &&
        !options.flag("allow-unauthenticated"))
        throw UsageError{
            fmt::format("listening on {} without authentication is not safe: set --token-file, listen on 127.0.0.1 "
                        "behind a reverse proxy, or set --allow-unauthenticated if a firewall restricts access",
                        settings.listen.address().to_string())};
    return settings;
}

}  // namespace revenant::monitor
