// Programs that die or hang while the device is on a real bus.
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

TEST(gadget, killed_while_idle_and_with_requests_in_flight_is_back_unlocked) {
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

TEST(gadget, stopped_is_not_ready_then_killed_by_the_watchdog_and_back) {
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

TEST(registrar, killed_while_the_gadget_holds_endpoints_leaves_the_device_on_the_bus) {
    VmBaker device;
    finish_burst(device.baker, start_burst(device.baker, 1));
    const auto number_on_bus = read_attribute(Cable::wait_for_device() / "devnum");
    auto burst = start_burst(device.baker, 2);
    device.suite.kill_and_wait("registrar");
    wait_back(device.suite);
    finish_burst(device.baker, std::move(burst));
    finish_burst(device.baker, start_burst(device.baker, 3));
    EXPECT_EQ(read_attribute(Cable::wait_for_device() / "devnum"), number_on_bus) << "it was enumerated anew";
    EXPECT_EQ(device.suite.restarts("gadget"), 0U);
}

TEST(registrar, killed_without_a_gadget_takes_over_cleanly_and_the_device_is_enumerated_again) {
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

TEST(liveness, killed_is_not_noticed_by_who_signs) {
    VmBaker device;
    for (std::int32_t level = 1; level < 4; ++level) {
        auto burst = start_burst(device.baker, level);
        device.suite.kill_and_wait("liveness");
        finish_burst(device.baker, std::move(burst));
    }
    EXPECT_EQ(device.suite.restarts("gadget"), 0U);
}

TEST(all_three, killed_in_any_order_come_back) {
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

TEST(registrar, started_twice_refuses_in_one_sentence_and_the_first_goes_on) {
    VmBaker device;
    const auto second = run_program("registrar", {"run", "--bus", "usb", "--gadget-user", "revenant-gadget",
                                                  "--registrar-user", "revenant-registrar"});
    EXPECT_NE(second.code, 0);
    EXPECT_NE(second.err.find(std::to_string(device.suite.pid("registrar"))), std::string::npos)
        << "names the first: " << second.err;
    finish_burst(device.baker, start_burst(device.baker, 1));
}

TEST(everyone, runs_as_a_user_of_its_own_without_privileges) {
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
