// `revenant` with a device that answers the readiness probe as a tezsign device does.
#include <sstream>

#include <boost/json/array.hpp>
#include <gtest/gtest.h>
#include <sys/klog.h>

#include "test/support/suite/harness.hpp"
#include "test/vm/tezsign_registrar.hpp"
#include "test/vm/vm_baker.hpp"

namespace revenant::test {
namespace {

/// The kernel's messages about a request of `revenant` to an interface that it had not claimed.
std::string unclaimed_requests() {
    constexpr int read_all = 3;
    std::string text(1U << 20U, '\0');
    text.resize(
        static_cast<std::size_t>(checked(::klogctl(read_all, text.data(), static_cast<int>(text.size())), "klogctl")));
    std::istringstream lines{text};
    std::string found;
    for (std::string line; std::getline(lines, line);)
        if (line.find("(revenant) did not claim interface") != std::string::npos)
            found += line + '\n';
    return found;
}

/// The device programs on real USB with that registrar. Its keys are those of VmBaker.
class TezsignDevice {
    FunctionOnBus function_;

    static SuiteSettings not_started() {
        SuiteSettings settings;
        settings.bus = Bus::usb;
        settings.start = false;
        settings.watchdog = milliseconds{120'000};
        settings.liveness = {"--deadline-ms", "5000"};
        return settings;
    }

public:
    TezsignDevice() {
        suite.start("liveness");
        suite.start("gadget");
        wait_back(suite);
    }

    const std::string before = unclaimed_requests();  ///< by other scenarios: a bus reset ends a claim
    Suite suite{not_started()};
    TezsignRegistrar registrar;
};

TEST(tezsign, commands_work) {
    TezsignDevice device;
    const auto probe = [](std::uint8_t type) { return Cable::control({type, 0x5A, 0, 1, 8}, milliseconds{5'000}); };
    EXPECT_EQ(probe(0xC1), std::vector<std::uint8_t>{}) << "the device must answer like tezsign's";
    EXPECT_EQ(probe(0x81), (std::vector<std::uint8_t>{'T', 'Z', 'S', 'G', 1, 0, 1, 0}));

    EXPECT_EQ(device.suite.host_json({"devices"}).at("devices").at(0).at("state").as_string(), "ready");
    for (int round = 0; round < 3; ++round) {
        const auto status = device.suite.host({"status"});
        EXPECT_EQ(status.code, 0) << status.err;
    }
    device.suite.host_json({"--deadline", "60", "unlock"});
    EXPECT_EQ(unclaimed_requests(), device.before);
}

TEST(tezsign, claimed_interface_stays_ready) {
    TezsignDevice device;
    device.suite.host_json({"--deadline", "60", "unlock"});
    double seconds = 0;  // while an interface is claimed, it is probed every second
    for (int count = 100; seconds < 3; count *= 2)
        seconds = device.suite.host_json({"bench", "--count", std::to_string(count)}).at("seconds").to_number<double>();
    EXPECT_EQ(unclaimed_requests(), device.before);
}

TEST(tezsign, held_interface_is_named) {
    TezsignDevice device;
    const DeviceNode other;
    other.claim(Interface::sign);
    const auto refused = device.suite.host({"--deadline", "3", "bench", "--count", "1"});
    EXPECT_EQ(refused.code, 3);
    EXPECT_NE(refused.err.find("another program holds the sign interface"), std::string::npos) << refused.err;
    const auto status = device.suite.host({"status"});
    EXPECT_EQ(status.code, 0) << status.err;
}

}  // namespace
}  // namespace revenant::test
