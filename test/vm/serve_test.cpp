// `revenant serve` with the device on real USB: HTTP clients do not notice cable faults.
#include <gtest/gtest.h>

#include "test/support/suite/served.hpp"
#include "test/vm/vm_baker.hpp"

namespace revenant::test {
namespace {

TEST(serve, signs_across_replugs_resets_and_kills) {
    VmBaker device{with_signer()};
    device.baker.sign.reset();  // the signer claims this interface; the management interface stays claimed here
    RemoteBaker baker{device.suite.signer_port(), device.baker.keys};
    for (int round = 0; round < 3; ++round) {
        EXPECT_TRUE(baker.goes_on());
        Cable::replug();
        EXPECT_TRUE(baker.goes_on());
        Cable::reset();
        EXPECT_TRUE(baker.goes_on());
        device.suite.kill_and_wait("gadget");
    }
    EXPECT_TRUE(baker.goes_on());
    EXPECT_EQ(baker.end(), "");
    EXPECT_EQ(device.suite.restarts("signer"), 0U);
    EXPECT_EQ(device.baker.key_status("four").lock_state, LockState::unlocked);
}

TEST(serve, survives_device_absence) {
    VmBaker device{with_signer()};
    device.baker.sign.reset();
    const auto& key = device.baker.keys.at(0);
    const auto message = operation(key.curve, tezos::Kind::block, 1);
    HttpClient client{device.suite.signer_port()};
    const auto first = signature_in(ask_signature(client, key, message), key, message);
    device.baker.management.reset();
    Cable::remove_controller();
    Cable::wait_until_gone();
    EXPECT_EQ(client.ask("GET", "/livez").status, 200U);
    const auto absent = client.ask("GET", "/readyz");
    EXPECT_EQ(absent.status, 503U);
    EXPECT_NE(absent.message().find("plugged in"), std::string::npos) << absent.body;
    Cable::add_controller();
    wait_back(device.suite);
    EXPECT_EQ(signature_in(ask_signature(client, key, message), key, message), first);
}

}  // namespace
}  // namespace revenant::test
