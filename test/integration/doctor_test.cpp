// `revenant doctor` against the real programs: well, and with one thing wrong at a time.
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

TEST(doctor, finds_nothing_where_all_is_well) {
    Suite suite;
    prepare(suite);
    auto found = visit(suite);
    EXPECT_EQ(found.words["registrar"], "revenant-registrar runs, and is in the state 'enabled'");
    const auto clock = found.states.at("clock");  // this machine's own: the suite has no say in it
    found.states.erase("clock");
    EXPECT_EQ(found.states.size(), 10U);
    for (const auto& [name, state] : found.states)
        EXPECT_EQ(state, "ok") << name << ": " << found.words[name];
    EXPECT_EQ(found.ok, clock == "ok");
    EXPECT_EQ(found.code, clock == "ok" ? 0 : 1);
    EXPECT_EQ(suite.host_json({"status"}).at("keys").as_array().size(), 1U) << "what it claimed it let go";
}

TEST(doctor, says_in_lines_what_it_says_in_json) {
    Suite suite;
    suite.host_json({"version"});  // by then all of it has started
    const auto outcome = suite.host({"doctor"});
    EXPECT_EQ(outcome.code, 1);
    EXPECT_TRUE(contains(outcome.out, "the device is not initialised; run 'revenant init'")) << outcome.out;
    EXPECT_FALSE(contains(outcome.out, "\x1b"));
    EXPECT_EQ(outcome.err, "") << "no progress where nobody looks";
}

TEST(doctor, names_the_keys_that_are_locked) {
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

TEST(doctor, sees_that_the_gadget_was_stopped_and_claims_nothing_to_be_well_behind_it) {
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

TEST(doctor, sees_that_the_registrar_hangs) {
    Suite suite;
    suite.host_json({"version"});
    suite.signal("registrar", SIGSTOP);
    auto found = visit(suite);
    suite.signal("registrar", SIGCONT);
    EXPECT_EQ(found.states["readiness"], "problem");
    EXPECT_TRUE(contains(found.words["readiness"], "control endpoint")) << found.words["readiness"];
    EXPECT_TRUE(contains(found.words["registrar"], "hangs")) << found.words["registrar"];
}

TEST(doctor, tells_who_may_hold_an_interface_and_who_is_in_the_way) {
    Suite suite;
    suite.host_json({"version"});
    suite.wait_until_gone("gadget/ep-sign.sock");  // of the session that ended with it
    RawHost other{suite.run_dir()};
    other.plug();
    const auto sign = other.claim(host::Interface::sign);
    auto found = visit(suite);
    EXPECT_EQ(found.states["sign interface"], "ok") << "a remote signer does that";
    EXPECT_TRUE(contains(found.words["sign interface"], "held")) << found.words["sign interface"];
    EXPECT_EQ(found.states["management interface"], "ok");
    const auto management = other.claim(host::Interface::management);
    found = visit(suite);
    EXPECT_EQ(found.states["management interface"], "problem");
    EXPECT_TRUE(contains(found.words["management interface"], "end that program"));
    EXPECT_EQ(found.states["keys"], "unknown");
}

TEST(doctor, of_no_directory_at_all_says_so) {
    const auto outcome = run_program("host", {"--bus", "loopback", "--run-dir", "/nonexistent", "doctor"});
    EXPECT_EQ(outcome.code, 1);
    EXPECT_TRUE(contains(outcome.out, "there is no run directory '/nonexistent'")) << outcome.out;
    EXPECT_TRUE(contains(outcome.out, "revenant-gadget does not run here")) << outcome.out;
}

}  // namespace
}  // namespace revenant::test
