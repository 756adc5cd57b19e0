// `revenant doctor` with the device on real USB.
#include <unistd.h>

#include "test/support/suite/doctor_visit.hpp"
#include "test/vm/vm_baker.hpp"

namespace revenant::test {
namespace {

TEST(doctor, reports_cable_holder_and_problems) {
    VmBaker device;
    auto found = visit(device.suite);
    for (const auto* name : {"usb", "cable", "permission", "readiness", "registrar", "gadget", "liveness"})
        EXPECT_EQ(found.states[name], "ok") << name << ": " << found.words[name];
    EXPECT_TRUE(contains(found.words["controller"], "dummy_udc.0 is configured")) << found.words["controller"];
    EXPECT_EQ(found.states["sign interface"], "ok") << "a remote signer holds it normally";
    EXPECT_EQ(found.states["management interface"], "problem");
    const auto holder = "(pid " + std::to_string(::getpid()) + ")";
    EXPECT_TRUE(contains(found.words["management interface"], holder)) << found.words["management interface"];

    device.baker.sign.reset();
    device.baker.management.reset();
    found = visit(device.suite);
    for (const auto* name : {"sign interface", "management interface", "versions", "keys", "locks", "marks"})
        EXPECT_EQ(found.states[name], "ok") << name << ": " << found.words[name];

    device.suite.stop("gadget");
    found = visit(device.suite);
    EXPECT_EQ(found.states["cable"], "ok") << found.words["cable"];
    EXPECT_EQ(found.states["readiness"], "problem");
    EXPECT_TRUE(contains(found.words["readiness"], "no gadget is alive")) << found.words["readiness"];

    Cable::remove_controller();
    Cable::wait_until_gone();
    found = visit(device.suite);
    EXPECT_EQ(found.code, 1);
    EXPECT_EQ(found.states["cable"], "problem") << found.words["cable"];
    EXPECT_EQ(found.states["readiness"], "unknown");
    EXPECT_EQ(found.states["controller"], "problem");
    Cable::add_controller();
    device.suite.start("gadget");
    wait_back(device.suite);
}

}  // namespace
}  // namespace revenant::test
