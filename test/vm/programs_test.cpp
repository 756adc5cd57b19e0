// Programs that die or hang while the device is on real USB.
#include <algorithm>
#include <array>
#include <csignal>
#include <fstream>
#include <map>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "test/vm/vm_baker.hpp"

namespace revenant::test {
namespace {

using boost::json::object;

TEST(gadget, killed_restarts_with_keys_unlocked) {
    VmBaker device;
    device.suite.kill_and_wait("gadget");
    wait_back(device.suite);
    EXPECT_EQ(number(device.suite.status("gadget"), "keys_restored_unlocked"), device.baker.keys.size());
    finish_burst(device.baker, start_burst(device.baker, 1));
    for (std::int32_t level = 2; level < 5; ++level) {
        auto burst = start_burst(device.baker, level);
        device.suite.kill_and_wait("gadget");
        finish_burst(device.baker, std::move(burst));
    }
    EXPECT_EQ(device.suite.restarts("gadget"), 4U);
    EXPECT_EQ(device.suite.restarts("registrar"), 0U);
}

TEST(gadget, stopped_not_ready_then_watchdog_restarts) {
    SuiteSettings settings;
    settings.watchdog = milliseconds{5'000};
    VmBaker device{settings};
    device.suite.signal("gadget", SIGSTOP);
    auto burst = start_burst(device.baker, 1);
    wait_ready(device.suite, false);
    device.suite.wait_restarts("gadget", 1);
    EXPECT_EQ(number(device.suite.service("gadget"), "watchdog_kills"), 1U);
    finish_burst(device.baker, std::move(burst));
}

TEST(registrar, killed_with_gadget_keeps_device_on_bus) {
    VmBaker device;
    finish_burst(device.baker, start_burst(device.baker, 1));
    const auto number_on_bus = read_attribute(Cable::wait_for_device() / "devnum");
    auto burst = start_burst(device.baker, 2);
    device.suite.kill_and_wait("registrar");
    wait_back(device.suite);
    finish_burst(device.baker, std::move(burst));
    finish_burst(device.baker, start_burst(device.baker, 3));
    EXPECT_EQ(read_attribute(Cable::wait_for_device() / "devnum"), number_on_bus) << "the device was enumerated again";
    EXPECT_EQ(device.suite.restarts("gadget"), 0U);
}

TEST(registrar, killed_without_gadget_reenumerates_device) {
    VmBaker device;
    finish_burst(device.baker, start_burst(device.baker, 1));
    device.suite.stop("gadget");
    device.suite.kill_and_wait("registrar");
    device.suite.wait_until_running("registrar");
    Cable::wait_for_device();
    device.suite.start("gadget");
    wait_back(device.suite);
    device.baker.management->expect<UnlockResponse>(UnlockRequest{{"four", "one"}, passphrase()});
    finish_burst(device.baker, start_burst(device.baker, 2));
}

TEST(liveness, killed_does_not_disturb_signing) {
    VmBaker device;
    for (std::int32_t level = 1; level < 4; ++level) {
        auto burst = start_burst(device.baker, level);
        device.suite.kill_and_wait("liveness");
        finish_burst(device.baker, std::move(burst));
    }
    EXPECT_EQ(device.suite.restarts("gadget"), 0U);
}

TEST(all_three, killed_in_any_order_recover) {
    VmBaker device;
    std::array<std::string, 3> programs{"gadget", "liveness", "registrar"};
    std::map<std::string, unsigned> kills;
    std::int32_t level = 0;
    do {
        auto burst = start_burst(device.baker, ++level);
        for (const auto& program : programs) {
            device.suite.wait_until_running(program);
            device.suite.signal(program, SIGKILL);
            ++kills[program];
        }
        for (const auto& program : programs)
            device.suite.wait_restarts(program, kills[program]);
        finish_burst(device.baker, std::move(burst));
    } while (std::next_permutation(programs.begin(), programs.end()));
    wait_back(device.suite);
}

TEST(registrar, second_instance_is_rejected) {
    VmBaker device;
    const auto second = run_program("registrar", {"run", "--bus", "usb", "--gadget-user", "revenant-gadget",
                                                  "--registrar-user", "revenant-registrar"});
    EXPECT_NE(second.code, 0);
    EXPECT_NE(second.err.find(std::to_string(device.suite.pid("registrar"))), std::string::npos)
        << "must name the first process: " << second.err;
    finish_burst(device.baker, start_burst(device.baker, 1));
}

TEST(programs, run_as_own_users_unprivileged) {
    VmBaker device;
    const std::array<std::pair<const char*, const char*>, 3> users{
        {{"registrar", "901"}, {"gadget", "902"}, {"liveness", "903"}}};
    for (const auto& [program, user] : users) {
        std::ifstream status{fmt::format("/proc/{}/status", device.suite.pid(program))};
        std::map<std::string, std::string> lines;
        for (std::string line; std::getline(status, line);)
            lines[line.substr(0, line.find(':'))] = line.substr(line.find('\t') + 1);
        EXPECT_EQ(lines.at("Uid").substr(0, 3), user) << program;
        EXPECT_EQ(lines.at("CapEff"), "0000000000000000") << program;
    }
}

}  // namespace
}  // namespace revenant::test
