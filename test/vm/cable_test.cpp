// Disturbances of the cable: the device recovers, no request in flight is lost or answered twice, and nothing is
// leaked.
#include <functional>
#include <list>
#include <random>

#include <gtest/gtest.h>

#include "test/support/suite/level_by_level.hpp"
#include "test/vm/vm_baker.hpp"

namespace revenant::test {
namespace {

using host::Interface;

TEST(store, is_made) {
    const VmBaker device;  // the other scenarios start with copies of this store
    EXPECT_EQ(device.baker.keys.size(), 2U);
}

TEST(device, is_enumerated_and_signs_all_kinds) {
    VmBaker device;
    finish_burst(device.baker, start_burst(device.baker, 1));
    const auto directory = Cable::wait_for_device();
    EXPECT_EQ(read_attribute(directory / "manufacturer"), "TzC");
    EXPECT_EQ(read_attribute(directory / "product"), "tezsign-gadget");
    EXPECT_GE(read_attribute(directory / "serial").size(), 12U);
    EXPECT_EQ(device.suite.status("gadget").at("state").as_string(), "enabled");
}

/// Once idle, then with a burst in flight.
void disturb(const std::function<void()>& disturbance) {
    VmBaker device;
    finish_burst(device.baker, start_burst(device.baker, 1));
    disturbance();
    wait_back(device.suite);
    finish_burst(device.baker, start_burst(device.baker, 2));
    auto burst = start_burst(device.baker, 3);
    disturbance();
    finish_burst(device.baker, std::move(burst));
    EXPECT_EQ(device.suite.restarts("gadget"), 0U);
    EXPECT_EQ(device.suite.restarts("registrar"), 0U);
}

TEST(replug, loses_nothing) {
    disturb([] { Cable::replug(); });
}

TEST(bus_reset, loses_nothing) {
    disturb([] { Cable::reset(); });
}

TEST(configuration, removed_and_restored_loses_nothing) {
    disturb([] {
        Cable::configure(0);
        Cable::configure(1);
    });
}

TEST(authorization, removed_and_restored_loses_nothing) {
    disturb([] {
        Cable::authorize(false);
        Cable::authorize(true);
    });
}

TEST(set_interface, disables_both_interfaces_loses_nothing) {
    VmBaker device;
    device.baker.management.reset();  // the caller must claim the interface
    auto burst = start_burst(device.baker, 1);
    Cable::set_interface(Interface::management);
    finish_burst(device.baker, std::move(burst));
    device.baker.come();
    device.baker.sign.reset();
    auto listed = device.baker.management->ask(StatusRequest{});
    Cable::set_interface(Interface::sign);
    EXPECT_TRUE(std::holds_alternative<StatusResponse>(response_of(std::move(listed))));
    device.baker.come();
    finish_burst(device.baker, start_burst(device.baker, 2));
    EXPECT_EQ(device.suite.restarts("gadget"), 0U);
}

TEST(suspend, ends_session_and_resume_starts_new) {
    VmBaker device;
    finish_burst(device.baker, start_burst(device.baker, 1));
    device.baker.sign.reset();  // an open device does not suspend
    device.baker.management.reset();
    Cable::suspend();
    device.suite.wait_status("gadget", [](const auto& status) { return status.at("state").as_string() == "waiting"; });
    Cable::resume();
    wait_back(device.suite);
    device.baker.come();
    finish_burst(device.baker, start_burst(device.baker, 2));
}

TEST(controller, removed_and_added_is_rebound) {
    VmBaker device;
    finish_burst(device.baker, start_burst(device.baker, 1));
    auto burst = start_burst(device.baker, 2);
    Cable::remove_controller();
    Cable::wait_until_gone();
    Cable::add_controller();
    finish_burst(device.baker, std::move(burst));
    wait_back(device.suite);
}

void one_disturbance(std::mt19937& random) {
    try {
        switch (random() % 6) {
            case 0:
                return Cable::reset();
            case 1:
                Cable::configure(0);
                return Cable::configure(1);
            case 2:
                Cable::authorize(false);
                return Cable::authorize(true);
            case 3:
                return Cable::replug();
            default:
                return Cable::set_interface(Interface::management);
        }
    } catch (const std::system_error&) {
        // The device was absent because of the previous disturbance.
    }
}

TEST(disturbances, random_lose_and_leak_nothing) {
    VmBaker device;
    auto& suite = device.suite;
    finish_burst(device.baker, start_burst(device.baker, 0));
    device.baker.management.reset();  // set_interface needs this interface
    const std::array<std::string, 3> programs{"gadget", "registrar", "liveness"};
    std::vector<Footprint> before;
    for (const auto& program : programs)
        before.push_back(suite.footprint(program));
    std::vector<std::string> files_before;
    for (const auto& program : programs)
        files_before.push_back(open_files(suite.pid(program)));
    const auto aio_before = number(suite.status("gadget"), "aio_in_flight");
    const auto memory_before = number(suite.status("gadget"), "pss_kib");

    Progress progress;
    std::atomic<bool> stop = false;
    std::list<LevelByLevel> bakers;
    for (const auto& key : device.baker.keys)
        bakers.emplace_back(device.baker, key, progress, stop);
    const Stop at_the_end{stop};
    std::mt19937 random{seed()};
    const auto count = rounds(100);
    for (unsigned round = 0; round < count; ++round) {
        one_disturbance(random);
        if (random() % 3 == 0) {
            ASSERT_TRUE(progress.wait_for(progress.done() + 1, milliseconds{60'000}))
                << "no progress in round " << round;
        }
    }
    stop = true;
    for (auto& one : bakers) {
        one.join();
        EXPECT_EQ(one.failure(), "");
    }
    wait_back(suite);
    for (std::size_t i = 0; i < programs.size(); ++i)
        EXPECT_TRUE(suite.returns_to(before[i], programs[i]))
            << programs[i] << " has\n"
            << open_files(suite.pid(programs[i])) << "and had before\n"
            << files_before[i];
    device.baker.come();  // reads data left from the start of the session
    suite.wait_status("gadget", [&](const auto& status) { return number(status, "aio_in_flight") == aio_before; });
    EXPECT_LT(number(suite.status("gadget"), "pss_kib"), memory_before + 256);
    for (const auto& program : programs)
        EXPECT_EQ(suite.restarts(program), 0U) << program;
}

}  // namespace
}  // namespace revenant::test
