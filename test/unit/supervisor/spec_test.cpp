#include <stdexcept>

#include <gtest/gtest.h>

#include "test/supervisor/service_spec.hpp"

namespace revenant::supervisor {
namespace {

using namespace std::chrono_literals;

TEST(supervisor_spec, complete_service_is_parsed) {
    const auto services = parse_services(
        "# two of them\n"
        "[one]\n"
        "run = /bin/sh -c \"exit 3\"\n"
        "environment = A=1\n"
        "environment = B=x y\n"
        "watchdog_ms = 1500\r\n"
        "restart_delay_ms = 7\n"
        "stop_grace_ms = 20\n"
        "autostart = no\n"
        "\n"
        "[two]\n"
        "run = /bin/true\n");
    ASSERT_EQ(services.size(), 2U);
    EXPECT_EQ(services[0].argv, (std::vector<std::string>{"/bin/sh", "-c", "exit 3"}));
    EXPECT_EQ(services[0].environment, (std::vector<std::string>{"A=1", "B=x y"}));
    EXPECT_EQ(services[0].watchdog, 1500ms);
    EXPECT_EQ(services[0].restart_delay, 7ms);
    EXPECT_EQ(services[0].stop_grace, 20ms);
    EXPECT_FALSE(services[0].autostart);
    EXPECT_EQ(services[1].name, "two");
    EXPECT_EQ(services[1].watchdog, 0ms);
    EXPECT_TRUE(services[1].autostart);
}

TEST(supervisor_spec, invalid_line_is_rejected_with_number) {
    const auto fault_of = [](const std::string& text) -> std::string {
        try {
            parse_services(text);
        } catch (const std::invalid_argument& fault) {
            return fault.what();
        }
        return {};
    };
    EXPECT_EQ(fault_of("[a]\nrun = /bin/true\nspeed = 9\n"), "line 3: unknown entry 'speed = 9'");
    EXPECT_EQ(fault_of("[a]\nrun = /x\nwatchdog_ms = -1\n"), "line 3: '-1' must be a number from 0 to 3600000");
    EXPECT_EQ(fault_of("run = /bin/true\n"), "line 1: expected '[service]', or 'key = value' below one");
    EXPECT_EQ(fault_of("[a]\nrun = /x\n[a]\n"), "line 3: duplicate service 'a'");
    EXPECT_EQ(fault_of("[../a]\n"), "line 1: invalid service name '../a': use letters, digits, '-' and '_'");
    EXPECT_EQ(fault_of("[a]\nrun = true\n"), "service 'a' needs 'run =' with the path of a program");
    EXPECT_EQ(fault_of("[a]\nrun = /bin/true\n"), "");
}

}  // namespace
}  // namespace revenant::supervisor
