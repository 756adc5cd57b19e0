// A reply lost with its session: when the request is repeated with the same id, the device returns the cached response
// and executes nothing twice.
#include <gtest/gtest.h>
#include <linux/usbdevice_fs.h>
#include <sys/ioctl.h>

#include "test/vm/raw_channel.hpp"
#include "test/vm/vm_baker.hpp"

namespace revenant::test {
namespace {

using host::Interface;

/// Sends a request, ends the session and repeats the request.
void ask_twice(VmBaker& device, Interface interface, const char* what, const Request& request) {
    RawChannel channel{interface};
    const auto id = random_id();
    const auto frame = encode(FrameType::request, id, encode(request));
    channel.write(frame);
    const auto first = channel.response_to(id);
    const auto before = device.suite.status("gadget");
    usbdevfs_setinterface setting{static_cast<unsigned>(interface), 0};
    checked(::ioctl(channel.node().fd(), USBDEVFS_SETINTERFACE, &setting), "USBDEVFS_SETINTERFACE");
    device.suite.wait_status("gadget", [&](const auto& now) {
        return number(now, "sessions") > number(before, "sessions") && now.at("state").as_string() == "enabled";
    });
    channel.write(frame);
    EXPECT_EQ(channel.response_to(id), first) << what;
    const auto after = device.suite.status("gadget");
    EXPECT_EQ(number(after, "requests"), number(before, "requests")) << what << " was executed again";
    EXPECT_EQ(number(after, "repeats"), number(before, "repeats") + 1) << what;
}

/// Status, logs and init_info are not kept: they may be executed again.
TEST(reply_cache, repeats_lost_replies_of_every_kind) {
    VmBaker device;
    auto& key = device.baker.keys.front();
    const auto message = operation(key.curve, tezos::Kind::block, 7);
    device.baker.sign.reset();
    device.baker.management.reset();
    ask_twice(device, Interface::sign, "sign", SignRequest{key.address, message});
    const auto manage = [&](const char* what, const Request& request) {
        ask_twice(device, Interface::management, what, request);
    };
    manage("new_keys", NewKeysRequest{{"extra"}, passphrase(), KeyKind::tz1});
    manage("unlock", UnlockRequest{{"extra"}, passphrase()});
    manage("lock", LockRequest{{"extra"}});
    manage("set_level", SetLevelRequest{key.id, 100});
    manage("delete_keys", DeleteKeysRequest{{"extra"}, passphrase()});
    manage("init_master", InitMasterRequest{false, passphrase()});
    manage("version", VersionRequest{});
    device.baker.come();
    EXPECT_EQ(device.baker.management->expect<StatusResponse>(StatusRequest{}).keys.size(), 2U);
}

}  // namespace
}  // namespace revenant::test
