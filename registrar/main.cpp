#include <array>
#include <charconv>
#include <cstdlib>
#include <stdexcept>

#include <fmt/format.h>
#include <pwd.h>
#include <unistd.h>

#include "common/service/log.hpp"
#include "common/service/options.hpp"
#include "common/service/run.hpp"
#include "registrar/registrar.hpp"

namespace {

revenant::Options declared_options() {
    revenant::Options options{"registrar", "Puts the signer on the bus and tells the gadget when a host uses it."};
    options.add("bus", "usb", "usb, or loopback: no hardware, no root, for trying things out")
        .add("run-dir", revenant::default_run_directory(), "directory of the sockets")
        .add("gadget-user", "", "name or number of the user that runs the gadget; empty: this program's own")
        .add("log-level", "info", "trace, debug, info, warning, error, critical or off")
        .add("log-file", "", "log to this file too")
        .take_words("[run]");
    return options;
}

/// Only the command `run` exists, and it need not be said.
void check_words(const std::vector<std::string>& words) {
    if (words.size() > 1 || (words.size() == 1 && words.front() != "run"))
        throw revenant::UsageError{fmt::format("'{}' is no command of this program: use run, or none", words.back())};
}

void check_bus(const revenant::Options& options) {
    const auto bus = options.text("bus");
    if (bus == "usb")
        throw std::runtime_error{"the usb bus is not built into this version: use --bus loopback"};
    if (bus != "loopback")
        throw revenant::UsageError{
            fmt::format("the setting bus is '{}' ({}): it takes usb or loopback", bus, options.origin("bus"))};
}

uid_t gadget_user(const revenant::Options& options) {
    const auto name = options.text("gadget-user");
    if (name.empty())
        return ::geteuid();
    uid_t number = 0;
    const auto [end, failed] = std::from_chars(name.data(), name.data() + name.size(), number);
    if (failed == std::errc{} && end == name.data() + name.size())
        return number;
    std::array<char, 4096> buffer;
    struct ::passwd entry {};
    struct ::passwd* found = nullptr;
    if (::getpwnam_r(name.c_str(), &entry, buffer.data(), buffer.size(), &found) != 0 || found == nullptr)
        throw revenant::UsageError{fmt::format("the setting gadget-user is '{}' ({}): there is no such user", name,
                                               options.origin("gadget-user"))};
    return entry.pw_uid;
}

int run(int argc, char** argv) {
    auto options = declared_options();
    if (!options.parse(argc, argv, environ))
        return EXIT_SUCCESS;
    check_words(options.words());
    revenant::LogSettings log;
    log.level = options.text("log-level");
    log.file = options.text("log-file");
    log.kept_lines = 0;
    revenant::start_logging("registrar", log);
    check_bus(options);
    const auto run_dir = options.text("run-dir");
    const auto gadget = gadget_user(options);
    return revenant::run_until_signalled(
        [&](revenant::asio::io_context&) { return revenant::run_loopback_registrar(run_dir, gadget); });
}

}  // namespace

int main(int argc, char** argv) {
    return revenant::guarded_main("revenant-registrar", [&] { return run(argc, argv); });
}
