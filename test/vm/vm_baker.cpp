#include "test/vm/vm_baker.hpp"

#include <gtest/gtest.h>

namespace revenant::test {
namespace {

/// Longer limits: an emulated processor needs seconds for a passphrase and can stall. The usual limits are tested on
/// the loopback bus.
SuiteSettings on_usb(SuiteSettings settings) {
    settings.bus = Bus::usb;
    if (settings.watchdog == SuiteSettings{}.watchdog)
        settings.watchdog = milliseconds{120'000};
    settings.liveness.insert(settings.liveness.end(), {"--deadline-ms", "5000"});
    return settings;
}

}  // namespace

Outcome run_as_root(const std::string& program, const std::vector<std::string>& arguments, int code) {
    auto outcome = run_program(program, arguments);
    EXPECT_EQ(outcome.code, code) << program << ' ' << arguments.at(0) << ": " << outcome.out << outcome.err;
    return outcome;
}

FunctionOnBus::FunctionOnBus() {
    run_as_root("registrar", {"setup", "--gadget-user", "revenant-gadget", "--registrar-user", "revenant-registrar"});
}

FunctionOnBus::~FunctionOnBus() {
    run_as_root("registrar", {"teardown"});
}

VmBaker::VmBaker(SuiteSettings settings) : baker{on_usb(std::move(settings))} {
    wait_back(suite);
}

std::uint64_t number(const boost::json::object& status, const char* name) {
    return status.at(name).to_number<std::uint64_t>();
}

std::string open_files(pid_t process) {
    namespace fs = std::filesystem;
    std::string list;
    std::error_code gone;
    for (const auto& entry : fs::directory_iterator{"/proc/" + std::to_string(process) + "/fd", gone})
        list += entry.path().filename().string() + ' ' + fs::read_symlink(entry.path(), gone).string() + '\n';
    return list;
}

void wait_back(Suite& suite) {
    Cable::wait_for_device();
    suite.wait_status(
        "registrar",
        [](const boost::json::object& status) {
            return status.at("ready").as_bool() && status.at("state").as_string() == "enabled";
        },
        milliseconds{60'000});
}

}  // namespace revenant::test
