// Fuzzes the host program's configuration file and environment, and the `serve` settings derived from them. The bytes
// up to the first record separator (1e) are the file; further records are environment variables.
#include <cstdlib>
#include <string>
#include <vector>

#include <sys/mman.h>
#include <unistd.h>

#include "common/core/fd.hpp"
#include "host/cli/options.hpp"
#include "host/error/error.hpp"
#include "host/serve/settings.hpp"

namespace {

using namespace revenant;

void require(bool truth) {
    if (!truth)
        std::abort();
}

std::vector<std::string> records(std::string_view text) {
    std::vector<std::string> list;
    for (;;) {
        const auto end = std::min(text.find('\x1e'), text.size());
        list.emplace_back(text.substr(0, end));
        if (end == text.size())
            return list;
        text.remove_prefix(end + 1);
    }
}

/// Creates a file in memory, which has a path and needs no disk.
UniqueFd file_with(std::string_view content) {
    UniqueFd file{::memfd_create("configuration", MFD_CLOEXEC)};
    require(file.get() >= 0);
    while (!content.empty()) {
        const auto written = ::write(file.get(), content.data(), content.size());
        require(written > 0);
        content.remove_prefix(static_cast<std::size_t>(written));
    }
    return file;
}

/// Accepts errors with a user-readable message; any other exception is a bug and ends the fuzzer.
template <typename Read>
bool accepted(Read read) {
    try {
        read();
        return true;
    } catch (const UsageError& refused) {
        require(refused.what()[0] != '\0');
    } catch (const host::Error& refused) {
        require(refused.what()[0] != '\0' && refused.fault() == host::Fault::usage);
    }
    return false;
}

void check(const Options& options) {
    for (const auto& setting : options.all_settings()) {
        const auto origin = options.origin(setting.name);
        require(origin == "default" || origin == "environment" || origin.starts_with("/proc/self/fd/"));
        require(origin != "default" || options.text(setting.name) == setting.default_value);
        if (setting.flag)
            accepted([&] { static_cast<void>(options.flag(setting.name)); });
    }
    host::serve::ServeSettings settings;
    if (!accepted([&] { settings = host::serve::serve_settings(options, {}); }))
        return;
    // For any settings: unknown clients are not served on non-loopback addresses unless a flag allows it.
    require(settings.listen.address().is_loopback() || !settings.client_keys.empty() ||
            options.flag("allow-unauthenticated"));
    require(settings.prefix.empty() || (settings.prefix.front() == '/' && settings.prefix.back() != '/'));
    require(settings.deadline.count() > 0);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto parts = records({reinterpret_cast<const char*>(data), size});
    const auto file = file_with(parts.front());
    const auto path = "/proc/self/fd/" + std::to_string(file.get());
    const std::vector<const char*> words{"revenant", "--config", path.c_str()};
    std::vector<const char*> environment;
    for (std::size_t at = 1; at < parts.size(); ++at)
        environment.push_back(parts[at].c_str());
    environment.push_back(nullptr);
    auto options = host::host_options();
    if (accepted([&] { require(options.parse(static_cast<int>(words.size()), words.data(), environment.data())); }))
        check(options);
    return 0;
}
