// The test harness itself.
#include "test/support/suite/harness.hpp"

#include <csignal>

#include <boost/json/serialize.hpp>
#include <gtest/gtest.h>
#include <sched.h>

#include "test/support/suite/status.hpp"

namespace revenant::test {
namespace {

using boost::json::object;

TEST(harness, suite_starts_answers_and_stops_cleanly) {
    Suite suite;
    suite.wait_for_socket("registrar/bus.sock");
    const auto outcome = suite.host({"version"});
    EXPECT_EQ(outcome.code, 0) << outcome.out << outcome.err;
    EXPECT_NE(outcome.out, "");
    EXPECT_EQ(suite.host_json({"init"}).count("error"), 0U);
    EXPECT_NE(boost::json::serialize(suite.host_json({"new", "baker"})).find("tz4"), std::string::npos);
    EXPECT_NE(suite.host({"unlock"}, "wrong").code, 0);
    EXPECT_EQ(suite.host({"unlock"}).code, 0);
}

/// On one CPU the next status connection arrives before the program has noticed that the last one closed.
TEST(harness, footprint_excludes_observer) {
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(static_cast<unsigned>(::sched_getcpu()), &one);
    ASSERT_EQ(::sched_setaffinity(0, sizeof one, &one), 0);
    Suite suite;
    suite.wait_until_running("liveness");
    const auto first = suite.footprint("liveness");
    for (int look = 0; look < 100; ++look)
        ASSERT_EQ(suite.footprint("liveness").descriptors, first.descriptors) << "at look " << look;
}

TEST(harness, killed_program_restarts_with_new_pid) {
    Suite suite;
    for (const std::string program : {"liveness", "registrar", "gadget"}) {
        suite.wait_for_socket(program + "/status.sock");
        const auto before = suite.status(program).at("pid").to_number<pid_t>();
        EXPECT_EQ(before, suite.pid(program));
        suite.kill_and_wait(program);
        const auto other = [&](const object& status) { return status.at("pid").to_number<pid_t>() != before; };
        const auto after = suite.wait_status(program, other).at("pid").to_number<pid_t>();
        EXPECT_EQ(after, suite.pid(program));
        EXPECT_EQ(suite.service(program).at("last_exit").as_string(), "signal 9 (Killed)");
        EXPECT_GT(suite.footprint(program).descriptors, 3U);
        EXPECT_GE(suite.footprint(program).threads, 1U);
    }
}

TEST(harness, program_can_be_stopped_and_continued) {
    SuiteSettings settings;
    settings.start = false;
    Suite suite{settings};
    EXPECT_EQ(suite.pid("registrar"), 0);
    suite.start("liveness");
    suite.start("gadget");
    suite.wait_for_socket("gadget/status.sock");
    suite.start("registrar");
    suite.wait_for_socket("registrar/bus.sock");
    const auto cable = suite.connect("registrar/bus.sock");
    suite.wait_status("gadget", enabled);
    suite.wait_for_socket("liveness/ready.sock");
    suite.signal("gadget", SIGSTOP);
    suite.wait_until_gone("liveness/ready.sock");
    suite.signal("gadget", SIGCONT);
    suite.wait_for_socket("liveness/ready.sock");
    suite.stop("registrar");
    suite.wait_until_gone("registrar/enabled.sock");
    EXPECT_EQ(suite.pid("registrar"), 0);
    EXPECT_NE(suite.log("registrar"), "");
}

TEST(harness, impossible_wait_times_out_with_cause) {
    Suite suite;
    suite.wait_for_socket("gadget/status.sock");
    EXPECT_THROW(suite.wait_for_socket("gadget/no.sock", milliseconds{50}), std::runtime_error);
    const auto never = [](const object&) { return false; };
    EXPECT_THROW(suite.wait_status("gadget", never, milliseconds{50}), std::runtime_error);
    EXPECT_THROW(suite.start("nobody"), std::runtime_error);
}

}  // namespace
}  // namespace revenant::test
