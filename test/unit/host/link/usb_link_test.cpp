#include "host/link/usb_link.hpp"

#include "common/async/task_group.hpp"
#include "host/channel/channel.hpp"
#include "test/unit/host/link/usb_fixture.hpp"

namespace revenant::host {
namespace {

class UsbLinkTest : public test::UsbTest {
protected:
    UsbLink link_to(UsbSelection selection, Interface interface = Interface::management) {
        return UsbLink{bus, std::move(selection), interface, usb.places()};
    }
    Readiness probe(UsbLink& through) {
        auto readiness = Readiness::absent;
        run([&]() -> awaitable<void> { readiness = co_await through.probe(); });
        return readiness;
    }
    Readiness probe() { return probe(link); }
    Claim claim(UsbLink& through) {
        Claim result;
        run([&]() -> awaitable<void> { result = co_await through.claim(); });
        return result;
    }

    test::FakeUsb::Device& device = usb.plug("1-1", "A", 4);
    UsbLink link{bus, UsbSelection{}, Interface::management, usb.places()};
};

TEST_F(UsbLinkTest, asks_its_interface_by_the_number_that_the_host_sees) {
    auto sign = link_to({}, Interface::sign);
    EXPECT_EQ(probe(sign), Readiness::ready);
    EXPECT_EQ(probe(), Readiness::ready);
    const std::vector<Bytes> expected{{0xC1, 0x5A, 0, 0, 2, 0, 8, 0}, {0xC1, 0x5A, 0, 0, 5, 0, 8, 0}};
    EXPECT_EQ(device.setups, expected);
}

TEST_F(UsbLinkTest, understands_every_answer_to_the_probe) {
    device.reply[6] = 0;
    EXPECT_EQ(probe(), Readiness::not_ready);
    device.reply = {'T', 'Z', 'S', 'G', 2, 0, 1, 0};
    EXPECT_EQ(probe(), Readiness::foreign);
    device.reply = {'T'};
    EXPECT_EQ(probe(), Readiness::foreign);
    device.control = UsbResult::stalled;
    EXPECT_EQ(probe(), Readiness::foreign);
    device.control = UsbResult::failed;
    EXPECT_EQ(probe(), Readiness::absent);
    device.control = UsbResult::gone;
    EXPECT_EQ(probe(), Readiness::absent);
}

TEST_F(UsbLinkTest, a_device_is_opened_once_for_all_probes_that_are_answered) {
    probe();
    device.reply[6] = 0;
    probe();
    EXPECT_EQ(device.opens, 1);
    device.control = UsbResult::failed;
    probe();
    EXPECT_EQ(device.closes, 1);
    device.control = UsbResult::done;
    EXPECT_EQ(probe(), Readiness::not_ready);
    EXPECT_EQ(device.opens, 2);
}

TEST_F(UsbLinkTest, a_control_endpoint_that_says_nothing_is_silent_and_recovers) {
    device.mute = true;
    EXPECT_EQ(probe(), Readiness::silent);
    settle();
    EXPECT_EQ(usb.in_flight(), 0U);
    EXPECT_EQ(device.cancels, 1);
    device.mute = false;
    EXPECT_EQ(probe(), Readiness::ready);
}

TEST_F(UsbLinkTest, a_probe_that_nobody_waits_for_is_cancelled) {
    device.mute = true;
    asio::cancellation_signal stop;
    const auto ask = [&]() -> awaitable<void> { co_await link.probe(); };
    asio::co_spawn(io, ask(), asio::bind_cancellation_slot(stop.slot(), [](std::exception_ptr) {}));
    settle();
    stop.emit(asio::cancellation_type::terminal);
    settle();
    EXPECT_EQ(usb.in_flight(), 0U);
}

TEST_F(UsbLinkTest, a_device_that_is_not_configured_yet_is_not_ready) {
    const auto interfaces = std::exchange(device.interfaces, {});
    EXPECT_EQ(probe(), Readiness::not_ready);
    EXPECT_FALSE(claim(link).pipe);
    device.interfaces = interfaces;
    EXPECT_EQ(probe(), Readiness::ready);
    EXPECT_EQ(device.opens, 3);  // what was known of it was of no use
}

TEST_F(UsbLinkTest, a_device_with_one_interface_is_none_of_ours) {
    device.interfaces.pop_back();
    EXPECT_EQ(probe(), Readiness::foreign);
    EXPECT_FALSE(claim(link).pipe);
    EXPECT_TRUE(device.claimed.empty());
}

TEST_F(UsbLinkTest, a_device_that_may_not_be_opened_is_forbidden) {
    device.open = UsbResult::denied;
    EXPECT_EQ(probe(), Readiness::forbidden);
    EXPECT_FALSE(claim(link).pipe);
    EXPECT_EQ(link.serial(), "A");
    device.open = UsbResult::done;  // udev was a moment late
    EXPECT_EQ(probe(), Readiness::ready);
}

TEST_F(UsbLinkTest, claims_only_its_interface) {
    auto sign = link_to({}, Interface::sign);
    const auto first = claim(sign), second = claim(link);
    EXPECT_TRUE(first.pipe && second.pipe);
    EXPECT_EQ(device.claimed, (std::vector<std::uint8_t>{2, 5}));
    run([&]() -> awaitable<void> {
        const Bytes frame(3, 'x');
        EXPECT_TRUE(co_await second.pipe->write(frame));
    });
    EXPECT_EQ(device.written.size(), 1U);
    EXPECT_EQ(device.resets, 0);
}

TEST_F(UsbLinkTest, tells_when_another_program_holds_the_interface) {
    device.claim = UsbResult::held;
    const auto refused = claim(link);
    EXPECT_TRUE(refused.held);
    EXPECT_FALSE(refused.pipe);
    EXPECT_EQ(device.closes, 1);
    device.claim = UsbResult::gone;
    EXPECT_FALSE(claim(link).held);
}

TEST_F(UsbLinkTest, finds_a_device_again_at_another_address) {
    EXPECT_EQ(probe(), Readiness::ready);
    const auto claimed = claim(link);
    usb.unplug("1-1", 4);
    EXPECT_EQ(probe(), Readiness::absent);
    run([&]() -> awaitable<void> {
        std::array<std::uint8_t, 512> bytes{};
        EXPECT_EQ(co_await claimed.pipe->read(bytes), 0U);
    });
    EXPECT_EQ(probe(), Readiness::absent);
    auto& again = usb.plug("1-2", "A", 5);
    EXPECT_EQ(probe(), Readiness::ready);
    EXPECT_TRUE(claim(link).pipe);
    EXPECT_EQ(again.claimed.size(), 1U);
}

TEST_F(UsbLinkTest, a_node_that_is_just_vanishing_is_absent) {
    for (const auto result : {UsbResult::gone, UsbResult::failed}) {
        device.open = result;
        EXPECT_EQ(probe(), Readiness::absent);
        EXPECT_FALSE(claim(link).pipe);
    }
}

TEST_F(UsbLinkTest, a_device_that_leaves_in_mid_probe_is_absent_at_once) {
    device.mute = true;
    auto readiness = Readiness::ready;
    run([&]() -> awaitable<void> {
        asio::post(io, [&] { usb.unplug("1-1", 4); });
        readiness = co_await link.probe();
    });
    EXPECT_EQ(readiness, Readiness::absent) << "at its time limit it would be silent";
}

TEST_F(UsbLinkTest, of_several_devices_one_must_be_chosen) {
    usb.plug("1-2", "B", 5);
    auto any = link_to({}), b = link_to({0x9997, 1, "B"}), c = link_to({0x9997, 1, "C"});
    EXPECT_EQ(probe(any), Readiness::several);
    EXPECT_FALSE(claim(any).pipe);
    EXPECT_EQ(probe(b), Readiness::ready);
    EXPECT_EQ(b.serial(), "B");
    EXPECT_EQ(probe(c), Readiness::absent);
    EXPECT_EQ(c.serial(), "C");
    EXPECT_EQ(any.serial(), "9997:0001");
}

TEST_F(UsbLinkTest, a_second_device_does_not_take_the_place_of_the_first) {
    EXPECT_EQ(probe(), Readiness::ready);
    usb.plug("1-2", "B", 5);
    device.control = UsbResult::failed;  // the link has to look again
    probe();
    device.control = UsbResult::done;
    EXPECT_EQ(probe(), Readiness::ready);
    EXPECT_EQ(link.serial(), "A");
}

TEST_F(UsbLinkTest, resets_the_device_only_when_told) {
    EXPECT_EQ(link.reset(), Readiness::ready);
    EXPECT_EQ(device.resets, 1);
    device.reset = UsbResult::gone;  // it came back as a new one
    EXPECT_EQ(link.reset(), Readiness::ready);
    device.reset = UsbResult::denied;
    EXPECT_EQ(link.reset(), Readiness::forbidden);
    device.open = UsbResult::denied;
    EXPECT_EQ(link.reset(), Readiness::forbidden);
    usb.unplug("1-1", 4);
    EXPECT_EQ(link.reset(), Readiness::absent);
}

TEST_F(UsbLinkTest, waits_no_longer_than_asked_when_nothing_changes) {
    run([&]() -> awaitable<void> { co_await link.changed(5ms); });
}

TEST_F(UsbLinkTest, a_channel_survives_a_replug_in_mid_request) {
    const ChannelTimes times{20ms, 5ms, 20ms};
    DeviceChannel channel{io.get_executor(), link, times};
    const auto frames = [](const test::FakeUsb::Device& of) { return of.written.size(); };
    run([&]() -> awaitable<void> {
        const auto all = [&](TaskGroup& group) -> awaitable<void> {
            const auto asking = [&]() -> awaitable<void> {
                const Request request = StatusRequest{};
                co_await channel.ask(request, 5s);
            };
            const auto pause = [&]() -> awaitable<void> {
                asio::steady_timer timer{io, 1ms};
                co_await timer.async_wait(use_awaitable);
            };
            group.spawn(channel.run());
            group.spawn(asking());
            while (frames(device) == 0)
                co_await pause();
            usb.unplug("1-1", 4);
            while (channel.trouble() != DeviceChannel::Trouble::absent)
                co_await pause();
            auto& again = usb.plug("1-1", "A", 5);
            while (frames(again) == 0)
                co_await pause();
            EXPECT_EQ(again.written.at(0), device.written.at(0));  // the same request, repeated
        };
        co_await with_group(all);
    });
    EXPECT_LE(usb.in_flight(), 2U);
}

}  // namespace
}  // namespace revenant::host
