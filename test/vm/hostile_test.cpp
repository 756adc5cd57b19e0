// A host that means harm, or is broken: the device denies it nothing but harm, and serves the next one.
#include <random>

#include <gtest/gtest.h>
#include <poll.h>

#include "test/vm/vm_baker.hpp"

namespace revenant::test {
namespace {

using host::Interface;

/// The raw host has the sign interface while this lives.
class Hostile {
public:
    explicit Hostile(VmBaker& device) : device_{device} {
        device_.baker.sign.reset();
        node_.emplace();
        node_->claim(Interface::sign);
    }
    Hostile(const Hostile&) = delete;
    Hostile& operator=(const Hostile&) = delete;
    ~Hostile() {
        node_.reset();
        device_.baker.sign.emplace(device_.suite.link(Interface::sign));
    }
    int write(std::vector<std::uint8_t> bytes, milliseconds limit = milliseconds{2000}) const {
        return node_->bulk(DeviceNode::endpoint(Interface::sign, false), bytes, limit);
    }

private:
    VmBaker& device_;
    std::optional<DeviceNode> node_;
};

/// The kernel passes most requests to an interface on only from who holds it.
void release(VmBaker& device) {
    device.baker.sign.reset();
    device.baker.management.reset();
}

TEST(hostile, half_frames_and_garbage_are_forgotten) {
    VmBaker device;
    std::mt19937 random{seed()};
    for (int turn = 0; turn < 3; ++turn) {
        {
            const Hostile host{device};
            const auto frame = encode(FrameType::request, MessageId{}, Bytes(1000, 7));
            EXPECT_EQ(host.write({frame.begin(), frame.begin() + 300}), 300);
            std::vector<std::uint8_t> garbage(4000);
            std::generate(garbage.begin(), garbage.end(), [&] { return static_cast<std::uint8_t>(random()); });
            EXPECT_EQ(host.write(garbage), 4000);
        }
        finish_burst(device.baker, start_burst(device.baker, turn + 1));
    }
    EXPECT_EQ(device.suite.restarts("gadget"), 0U);
}

TEST(hostile, who_writes_and_never_reads_is_held_back_and_harms_nobody) {
    VmBaker device;
    const auto before = number(device.suite.status("gadget"), "pss_kib");
    {
        const Hostile host{device};
        const auto payload = encode(Request{StatusRequest{}});
        std::size_t taken = 0;
        for (std::uint32_t turn = 0; turn < 20'000; ++turn) {
            MessageId id{};
            std::copy_n(reinterpret_cast<const std::uint8_t*>(&turn), sizeof turn, id.begin());
            const auto frame = encode(FrameType::request, id, payload);
            if (host.write({frame.begin(), frame.end()}, milliseconds{500}) < 0)
                break;
            ++taken;
        }
        EXPECT_LT(taken, 20'000U) << "nothing held it back";
        device.baker.management->expect<VersionResponse>(VersionRequest{});  // the other channel lives
        EXPECT_LT(number(device.suite.status("gadget"), "pss_kib"), before + 4096);
    }
    finish_burst(device.baker, start_burst(device.baker, 1));
    EXPECT_EQ(device.suite.restarts("gadget"), 0U);
}

TEST(hostile, halted_endpoints_are_cleared_by_the_next_host) {
    VmBaker device;
    for (const auto interface : {Interface::sign, Interface::management}) {
        release(device);
        Cable::halt(interface);
        device.baker.come();
        device.baker.management->expect<VersionResponse>(VersionRequest{});
        finish_burst(device.baker, start_burst(device.baker, interface == Interface::sign ? 1 : 2));
    }
}

TEST(hostile, control_requests_at_random_are_stalled_and_the_probe_goes_on) {
    VmBaker device;
    release(device);
    const auto stalls = number(device.suite.status("registrar"), "stalls");
    unsigned sent = 0;
    std::mt19937 random{seed()};
    for (int turn = 0; turn < 200; ++turn) {
        // Vendor and class requests to the interfaces: standard ones are the controller's business.
        const std::array<std::uint8_t, 4> types{0xC1, 0x41, 0xA1, 0x21};
        Cable::Control setup{types[random() % 4], static_cast<std::uint8_t>(random()),
                             static_cast<std::uint16_t>(random()), static_cast<std::uint16_t>(random() % 2),
                             static_cast<std::uint16_t>(random() % 65)};
        if (setup.request == 0x5A)
            continue;
        ++sent;
        EXPECT_FALSE(Cable::control(setup, milliseconds{5000}))
            << unsigned{setup.type} << ' ' << unsigned{setup.request} << ' ' << setup.length;
    }
    EXPECT_GE(number(device.suite.status("registrar"), "stalls"), stalls + sent) << "some never came to the device";
    for (const auto length : std::initializer_list<std::uint16_t>{0, 1, 8, 64}) {
        const auto probe = Cable::control({0xC1, 0x5A, 0, 0, length}, milliseconds{5000});
        ASSERT_TRUE(probe) << length;
        EXPECT_EQ(probe->size(), std::min<std::size_t>(length, 8));
    }
    device.baker.come();
    finish_burst(device.baker, start_burst(device.baker, 1));
    EXPECT_EQ(device.suite.restarts("registrar"), 0U);
}

TEST(hostile, control_requests_that_are_given_up_do_not_hold_the_registrar) {
    VmBaker device;
    release(device);
    for (int turn = 0; turn < 20; ++turn)
        Cable::control({0xC1, 0x5A, 0, 0, 8}, milliseconds{1});  // too short for most
    const auto probe = Cable::control({0x81, 0x5A, 0, 1, 8}, milliseconds{5000});
    ASSERT_TRUE(probe);
    EXPECT_EQ(probe->at(6), 1);
    device.baker.come();
    finish_burst(device.baker, start_burst(device.baker, 1));
    EXPECT_EQ(device.suite.restarts("registrar"), 0U);
}

}  // namespace
}  // namespace revenant::test
