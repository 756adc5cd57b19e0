#include <cstdlib>

#include <fmt/format.h>
#include <unistd.h>

#include "common/service/log.hpp"
#include "common/service/run.hpp"
#include "registrar/options.hpp"
#include "registrar/privileges.hpp"
#include "registrar/registrar.hpp"
#include "registrar/usb_setup.hpp"

namespace {

/// The command; `run` need not be said.
std::string command(const std::vector<std::string>& words) {
    const auto word = words.empty() ? "run" : words.front();
    if (words.size() > 1 || (word != "run" && word != "setup" && word != "teardown"))
        throw revenant::UsageError{
            fmt::format("'{}' is no command of this program: use run, setup, teardown, or none", words.back())};
    return word;
}

void check_command(const revenant::Options& options, const std::string& command) {
    if (options.text("bus") == "loopback" && command != "run")
        throw revenant::UsageError{fmt::format("the loopback bus needs no {}: use run", command)};
}

int run_loopback(const revenant::Options& options) {
    const auto run_dir = options.text("run-dir");
    const auto gadget = revenant::user_setting(options, "gadget-user").uid;
    return revenant::run_until_signalled(
        [&](revenant::asio::io_context&) { return revenant::run_loopback_registrar(run_dir, gadget); });
}

/// What needs a privilege is opened first; the loop never has one.
int run_usb(const revenant::Options& options, const revenant::UsbSettings& settings) {
    const auto run_dir = options.text("run-dir");
    auto parts = revenant::open_usb(settings);
    if (settings.registrar_user.uid == 0)
        throw revenant::UsageError{"as root, name the user to become: --registrar-user, as for setup"};
    revenant::drop_privileges(settings.registrar_user,
                              revenant::existing_groups({"revenant-enabled", "revenant-ready", "revenant-operators"}));
    return revenant::run_until_signalled([&](revenant::asio::io_context&) {
        return revenant::run_usb_registrar(run_dir, settings.gadget_user.uid, std::move(parts));
    });
}

int run(int argc, char** argv) {
    auto options = revenant::registrar_options();
    if (!options.parse(argc, argv, environ))
        return EXIT_SUCCESS;
    const auto verb = command(options.words());
    check_command(options, verb);
    revenant::LogSettings log;
    log.level = options.text("log-level");
    log.file = options.text("log-file");
    log.kept_lines = 0;
    revenant::start_logging("registrar", log);
    if (options.text("bus") == "loopback")
        return run_loopback(options);
    const auto settings = revenant::usb_settings(options);
    if (verb == "run")
        return run_usb(options, settings);
    revenant::LinuxKernel kernel;
    verb == "setup" ? revenant::set_up_usb(settings, kernel) : revenant::tear_down_usb(settings, kernel);
    return EXIT_SUCCESS;
}

}  // namespace

int main(int argc, char** argv) {
    return revenant::guarded_main("revenant-registrar", [&] { return run(argc, argv); });
}
