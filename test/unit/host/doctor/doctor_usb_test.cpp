// All checks of a machine with several devices on a fake USB.
#include <fstream>

#include <gtest/gtest.h>

#include "host/cli/options.hpp"
#include "host/doctor/doctor.hpp"
#include "test/support/basics/loop.hpp"
#include "test/unit/host/link/fake_usb.hpp"

namespace revenant::host::doctor {
namespace {

class DoctorVisitTest : public ::testing::Test {
protected:
    Checks visit(std::vector<const char*> words = {}) {
        words.insert(words.begin(), "revenant");
        words.push_back("doctor");
        auto options = host_options();
        const char* const environment[]{nullptr};
        EXPECT_TRUE(options.parse(static_cast<int>(words.size()), words.data(), environment));
        Tools tools;
        tools.paths.usb = usb.places();
        tools.paths.controllers = "/nonexistent";
        tools.paths.device_unit = "/nonexistent";
        tools.run_directory = "/nonexistent";
        tools.usb = [&](const asio::any_io_executor& executor) -> std::shared_ptr<UsbBus> {
            if (broken)
                throw std::runtime_error{"libusb could not start"};
            return std::make_shared<UsbBus>(executor, usb.backend());
        };
        Checks checks;
        const auto on_end = [&](std::exception_ptr failure, Checks found) {
            EXPECT_FALSE(failure);
            checks = std::move(found);
            ended_ = true;
        };
        io.restart();
        asio::co_spawn(io, examine(options, std::move(tools)), on_end);
        io.run_for(10s);
        EXPECT_TRUE(ended_);
        return checks;
    }
    static Check::State state(const Checks& checks, const std::string& name, const std::string& device = {}) {
        for (const auto& check : checks)
            if (check.name == name && check.device == device)
                return check.state;
        ADD_FAILURE() << "no check of " << name << " of device '" << device << "'";
        return Check::State::unknown;
    }
    using State = Check::State;

    asio::io_context io{1};
    test::FakeUsb usb{io};
    bool broken = false, ended_ = false;
};

TEST_F(DoctorVisitTest, missing_device_makes_checks_unknown) {
    const auto checks = visit();
    EXPECT_EQ(state(checks, "cable"), State::problem);
    for (const auto* name :
         {"permission", "readiness", "sign interface", "management interface", "versions", "keys", "locks", "marks"})
        EXPECT_EQ(state(checks, name), State::unknown) << name;
}

TEST_F(DoctorVisitTest, each_device_is_checked_under_its_name) {
    usb.plug("1-1", "FOREIGN", 4).control = UsbResult::stalled;
    auto& held = usb.plug("1-2", "HELD", 5);
    held.claim = UsbResult::held;
    usb.plug("1-3", "", 6).open = UsbResult::denied;
    const auto checks = visit();
    EXPECT_EQ(state(checks, "cable"), State::fine);
    EXPECT_EQ(state(checks, "readiness", "FOREIGN"), State::problem);
    EXPECT_EQ(state(checks, "keys", "FOREIGN"), State::unknown);
    EXPECT_EQ(state(checks, "readiness", "HELD"), State::fine);
    EXPECT_EQ(state(checks, "sign interface", "HELD"), State::fine);
    EXPECT_EQ(state(checks, "management interface", "HELD"), State::problem);
    EXPECT_EQ(state(checks, "keys", "HELD"), State::unknown);
    EXPECT_EQ(state(checks, "readiness", "1-3"), State::unknown) << "without a serial its name is the port";
    EXPECT_EQ(held.resets, 0);
    EXPECT_EQ(held.opens, held.closes);
    EXPECT_EQ(held.claimed, (std::vector<std::uint8_t>{2, 5}));
}

TEST_F(DoctorVisitTest, serial_limits_checks_to_one_device) {
    usb.plug("1-1", "A", 4).control = UsbResult::stalled;
    usb.plug("1-2", "B", 5).open = UsbResult::denied;
    const auto checks = visit({"--serial", "B"});
    EXPECT_EQ(state(checks, "readiness"), State::unknown);
    for (const auto& check : checks)
        EXPECT_EQ(check.device, "");
}

TEST_F(DoctorVisitTest, claims_released_mute_device_unknown) {
    auto& device = usb.plug("1-1", "A", 4);
    std::filesystem::create_directories(usb.node(4).parent_path());
    std::ofstream{usb.node(4)} << "";
    asio::co_spawn(io, test::turn_clock_until([this] { return ended_; }, 1s),
                   [](std::exception_ptr failure) { EXPECT_FALSE(failure); });
    const auto checks = visit();
    EXPECT_EQ(state(checks, "permission"), State::fine);
    EXPECT_EQ(state(checks, "sign interface"), State::fine);
    EXPECT_EQ(state(checks, "management interface"), State::fine);
    for (const auto* name : {"versions", "keys", "locks", "marks"})
        EXPECT_EQ(state(checks, name), State::unknown) << name;
    EXPECT_EQ(device.opens, device.closes);
    EXPECT_EQ(usb.in_flight(), 0U);
}

TEST_F(DoctorVisitTest, unusable_usb_makes_device_unknown) {
    usb.plug("1-1", "A", 4);
    broken = true;
    const auto checks = visit();
    EXPECT_EQ(state(checks, "cable"), State::fine);
    EXPECT_EQ(state(checks, "readiness"), State::unknown);
    EXPECT_EQ(state(checks, "keys"), State::unknown);
}

}  // namespace
}  // namespace revenant::host::doctor
