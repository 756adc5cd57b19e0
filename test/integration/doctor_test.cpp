// `revenant doctor` with the real programs: healthy, and with one fault at a time.
#include <csignal>

#include <gtest/gtest.h>

#include "test/support/suite/doctor_visit.hpp"
#include "test/support/suite/raw_host.hpp"

namespace revenant::test {
namespace {

void prepare(Suite& suite) {
    suite.host_json({"init"});
    suite.host_json({"new", "baker"});
    suite.host_json({"unlock"});
}

TEST(doctor, healthy_system_has_no_findings) {
    Suite suite;
    prepare(suite);
    auto found = visit(suite);
    EXPECT_EQ(found.words["registrar"], "revenant-registrar runs, state 'enabled'");
    const auto clock = found.states.at("clock");  // depends on this machine, not on the suite
    found.states.erase("clock");
    EXPECT_EQ(found.states.size(), 10U);
    for (const auto& [name, state] : found.states)
        EXPECT_EQ(state, "ok") << name << ": " << found.words[name];
    EXPECT_EQ(found.ok, clock == "ok");
    EXPECT_EQ(found.code, clock == "ok" ? 0 : 1);
    EXPECT_EQ(suite.host_json({"status"}).at("keys").as_array().size(), 1U) << "doctor did not release the interfaces";
}

TEST(doctor, text_output_is_plain_lines) {
    Suite suite;
    suite.host_json({"version"});  // waits until all programs have started
    const auto outcome = suite.host({"doctor"});
    EXPECT_EQ(outcome.code, 1);
    EXPECT_TRUE(contains(outcome.out, "the device is not initialised; run 'revenant init'")) << outcome.out;
    EXPECT_FALSE(contains(outcome.out, "\x1b"));
    EXPECT_EQ(outcome.err, "") << "progress output without a terminal";
}

TEST(doctor, locked_keys_are_named) {
    Suite suite;
    prepare(suite);
    suite.host_json({"lock"});
    auto found = visit(suite);
    EXPECT_EQ(found.code, 1);
    EXPECT_EQ(found.states["locks"], "problem");
    EXPECT_TRUE(contains(found.words["locks"], "baker")) << found.words["locks"];
    EXPECT_TRUE(contains(found.words["locks"], "revenant unlock")) << found.words["locks"];
    EXPECT_EQ(found.states["marks"], "unknown");
    EXPECT_EQ(found.states["readiness"], "ok");
}

TEST(doctor, stopped_gadget_makes_dependents_unknown) {
    Suite suite;
    prepare(suite);
    suite.stop("gadget");
    auto found = visit(suite);
    EXPECT_EQ(found.code, 1);
    EXPECT_EQ(found.states["readiness"], "problem");
    EXPECT_TRUE(contains(found.words["readiness"], "no gadget is alive")) << found.words["readiness"];
    EXPECT_EQ(found.states["gadget"], "problem");
    EXPECT_EQ(found.states["registrar"], "ok");
    for (const auto* name : {"sign interface", "management interface", "versions", "keys", "locks", "marks"})
        EXPECT_EQ(found.states[name], "unknown") << name;
}

TEST(doctor, hung_registrar_is_detected) {
    Suite suite;
    suite.host_json({"version"});
    suite.signal("registrar", SIGSTOP);
    auto found = visit(suite);
    suite.signal("registrar", SIGCONT);
    EXPECT_EQ(found.states["readiness"], "problem");
    EXPECT_TRUE(contains(found.words["readiness"], "control endpoint")) << found.words["readiness"];
    EXPECT_TRUE(contains(found.words["registrar"], "hangs")) << found.words["registrar"];
}

TEST(doctor, held_interfaces_are_classified) {
    Suite suite;
    suite.host_json({"version"});
    suite.wait_until_gone("gadget/ep-sign.sock");  // the session of that command has ended
    RawHost other{suite.run_dir()};
    other.plug();
    const auto sign = other.claim(host::Interface::sign);
    auto found = visit(suite);
    EXPECT_EQ(found.states["sign interface"], "ok") << "a remote signer holds it normally";
    EXPECT_TRUE(contains(found.words["sign interface"], "held")) << found.words["sign interface"];
    EXPECT_EQ(found.states["management interface"], "ok");
    const auto management = other.claim(host::Interface::management);
    found = visit(suite);
    EXPECT_EQ(found.states["management interface"], "problem");
    EXPECT_TRUE(contains(found.words["management interface"], "end that program"));
    EXPECT_EQ(found.states["keys"], "unknown");
}

TEST(doctor, missing_run_directory_is_reported) {
    const auto outcome = run_program("host", {"--bus", "loopback", "--run-dir", "/nonexistent", "doctor"});
    EXPECT_EQ(outcome.code, 1);
    EXPECT_TRUE(contains(outcome.out, "there is no run directory '/nonexistent'")) << outcome.out;
    EXPECT_TRUE(contains(outcome.out, "revenant-gadget does not run here")) << outcome.out;
}

}  // namespace
}  // namespace revenant::test
