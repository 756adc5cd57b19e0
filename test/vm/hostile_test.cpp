// A malicious or broken host: the device is not harmed and serves the next host.
#include <random>

#include <gtest/gtest.h>
#include <poll.h>

#include "test/vm/vm_baker.hpp"

namespace revenant::test {
namespace {

using host::Interface;

/// A raw host that holds the sign interface.
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

/// The kernel passes most interface requests only from the process that has claimed the interface.
void release(VmBaker& device) {
    device.baker.sign.reset();
    device.baker.management.reset();
}

TEST(hostile, half_frames_and_garbage_are_dropped) {
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

TEST(hostile, writer_that_never_reads_is_throttled) {
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
        EXPECT_LT(taken, 20'000U) << "the writes were not throttled";
        device.baker.management->expect<VersionResponse>(VersionRequest{});  // the other channel works
        EXPECT_LT(number(device.suite.status("gadget"), "pss_kib"), before + 4096);
    }
    finish_burst(device.baker, start_burst(device.baker, 1));
    EXPECT_EQ(device.suite.restarts("gadget"), 0U);
}

TEST(hostile, halted_endpoints_are_cleared_by_next_host) {
    VmBaker device;
    for (const auto interface : {Interface::sign, Interface::management}) {
        release(device);
        Cable::halt(interface);
        device.baker.come();
        device.baker.management->expect<VersionResponse>(VersionRequest{});
        finish_burst(device.baker, start_burst(device.baker, interface == Interface::sign ? 1 : 2));
    }
}

TEST(hostile, random_control_requests_are_stalled) {
    VmBaker device;
    release(device);
    const auto stalls = number(device.suite.status("registrar"), "stalls");
    unsigned sent = 0;
    std::mt19937 random{seed()};
    for (int turn = 0; turn < 200; ++turn) {
        // Vendor and class requests to the interfaces: the controller handles standard ones.
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
    EXPECT_GE(number(device.suite.status("registrar"), "stalls"), stalls + sent) << "some did not reach the device";
    for (const auto length : std::initializer_list<std::uint16_t>{0, 1, 8, 64}) {
        const auto probe = Cable::control({0xC1, 0x5A, 0, 0, length}, milliseconds{5000});
        ASSERT_TRUE(probe) << length;
        EXPECT_EQ(probe->size(), std::min<std::size_t>(length, 8));
    }
    device.baker.come();
    finish_burst(device.baker, start_burst(device.baker, 1));
    EXPECT_EQ(device.suite.restarts("registrar"), 0U);
}

TEST(hostile, aborted_control_requests_do_not_block) {
    VmBaker device;
    release(device);
    for (int turn = 0; turn < 20; ++turn)
        Cable::control({0xC1, 0x5A, 0, 0, 8}, milliseconds{1});  // mostly times out
    const auto probe = Cable::control({0x81, 0x5A, 0, 1, 8}, milliseconds{5000});
    ASSERT_TRUE(probe);
    EXPECT_EQ(probe->at(6), 1);
    device.baker.come();
    finish_burst(device.baker, start_burst(device.baker, 1));
    EXPECT_EQ(device.suite.restarts("registrar"), 0U);
}

}  // namespace
}  // namespace revenant::test
