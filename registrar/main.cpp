#include <cstdlib>

#include <fmt/format.h>
#include <unistd.h>

#include "common/service/log.hpp"
#include "common/service/run.hpp"
#include "registrar/options.hpp"
#include "registrar/registrar.hpp"
#include "registrar/usb/privileges.hpp"
#include "registrar/usb/setup.hpp"

namespace {

using namespace revenant;
using namespace revenant::registrar;

/// Returns the command; default: `run`.
std::string command(const std::vector<std::string>& words) {
    const auto word = words.empty() ? "run" : words.front();
    if (words.size() > 1 || (word != "run" && word != "setup" && word != "teardown"))
        throw UsageError{fmt::format("unknown command '{}': use run, setup, teardown, or none", words.back())};
    return word;
}

void check_command(const Options& options, const std::string& command) {
    if (options.text("bus") == "loopback" && command != "run")
        throw UsageError{fmt::format("the loopback bus does not support {}: use run", command)};
}

int run_loopback(const Options& options) {
    const auto run_dir = options.text("run-dir");
    const auto gadget = user_setting(options, "gadget-user").uid;
    return run_until_signalled([&](asio::io_context&) { return run_loopback_registrar(run_dir, gadget); });
}

/// Opens everything that needs privileges before dropping them; the event loop runs unprivileged.
int run_usb(const Options& options, const UsbSettings& settings) {
    const auto run_dir = options.text("run-dir");
    auto parts = open_usb(settings);
    if (settings.registrar_user.uid == 0)
        throw UsageError{"no user to switch to while running as root: set --registrar-user as for setup"};
    drop_privileges(settings.registrar_user,
                    existing_groups({"revenant-enabled", "revenant-ready", "revenant-operators"}));
    return run_until_signalled(
        [&](asio::io_context&) { return run_usb_registrar(run_dir, settings.gadget_user.uid, std::move(parts)); });
}

int run(int argc, char** argv) {
    auto options = registrar_options();
    if (!options.parse(argc, argv, environ))
        return EXIT_SUCCESS;
    const auto word = command(options.words());
    check_command(options, word);
    LogSettings log;
    log.level = options.text("log-level");
    log.file = options.text("log-file");
    log.kept_lines = 0;
    start_logging("registrar", log);
    if (options.text("bus") == "loopback")
        return run_loopback(options);
    const auto settings = usb_settings(options);
    if (word == "run")
        return run_usb(options, settings);
    LinuxKernel kernel;
    word == "setup" ? set_up_usb(settings, kernel) : tear_down_usb(settings, kernel);
    return EXIT_SUCCESS;
}

}  // namespace

int main(int argc, char** argv) {
    return revenant::guarded_main("revenant-registrar", [&] { return run(argc, argv); });
}
