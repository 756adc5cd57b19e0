#include "host/link/usb_link.hpp"

#include "common/async/task_group.hpp"
#include "host/channel/channel.hpp"
#include "host/channel/link_errors.hpp"
#include "host/link/probe.hpp"
#include "test/support/basics/loop.hpp"
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
    /// Probes a device that does not answer within the limit.
    Readiness probe_mute() {
        device.mute = true;
        const auto expire = []() -> awaitable<void> {
            co_await test::settle();
            co_await test::turn_clock(control_limit);
        };
        asio::co_spawn(io, expire(), [](std::exception_ptr failure) { EXPECT_FALSE(failure); });
        return probe();
    }
    Claim claim(UsbLink& through) {
        Claim result;
        run([&]() -> awaitable<void> { result = co_await through.claim(); });
        return result;
    }

    test::FakeUsb::Device& device = usb.plug("1-1", "A", 4);
    UsbLink link{bus, UsbSelection{}, Interface::management, usb.places()};
};

TEST_F(UsbLinkTest, probe_uses_interface_number_on_bus) {
    auto sign = link_to({}, Interface::sign);
    EXPECT_EQ(probe(sign), Readiness::ready);
    EXPECT_EQ(probe(), Readiness::ready);
    const std::vector<Bytes> expected{{0xC1, 0x5A, 0, 0, 2, 0, 8, 0}, {0xC1, 0x5A, 0, 0, 5, 0, 8, 0}};
    EXPECT_EQ(device.setups, expected);
}

TEST_F(UsbLinkTest, probe_responses_map_to_readiness) {
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

TEST_F(UsbLinkTest, standard_request_follows_empty_reply) {
    device.answered = 0x81;
    EXPECT_EQ(probe(), Readiness::ready);
    const std::vector<Bytes> expected{{0xC1, 0x5A, 0, 0, 5, 0, 8, 0}, {0x81, 0x5A, 0, 0, 5, 0, 8, 0}};
    EXPECT_EQ(device.setups, expected);
    device.reply[6] = 0;
    EXPECT_EQ(probe(), Readiness::not_ready);
    EXPECT_EQ(device.setups.size(), 3U) << "the request that was answered is remembered";
}

TEST_F(UsbLinkTest, standard_request_follows_stall) {
    device.control = UsbResult::stalled;
    EXPECT_EQ(probe(), Readiness::foreign) << "neither request is answered";
    EXPECT_EQ(device.setups.size(), 2U);
    EXPECT_EQ(device.closes, 1) << "the next probe begins anew";
}

TEST_F(UsbLinkTest, foreign_reply_is_not_asked_again) {
    device.reply = {'T'};
    EXPECT_EQ(probe(), Readiness::foreign);
    EXPECT_EQ(device.setups.size(), 1U);
    EXPECT_TRUE(device.claimed.empty());
}

TEST_F(UsbLinkTest, standard_probe_holds_nothing_after) {
    device.answered = 0x81;
    auto other = link_to({});
    for (int round = 0; round < 2; ++round)
        EXPECT_TRUE(probe() == Readiness::ready && probe(other) == Readiness::ready && device.holders.empty());
    const auto claimed = claim(other);
    EXPECT_TRUE(claimed.pipe);
}

TEST_F(UsbLinkTest, unanswered_standard_probe_releases) {
    device.answered = 0x81;
    probe();
    EXPECT_EQ(probe_mute(), Readiness::silent);
    EXPECT_TRUE(device.holders.empty());
}

TEST_F(UsbLinkTest, standard_probe_uses_own_claim) {
    device.answered = 0x81;
    probe();
    auto claimed = claim(link);
    ASSERT_TRUE(claimed.pipe);
    const auto claims = device.claimed.size(), releases = device.released.size();
    EXPECT_EQ(probe(), Readiness::ready);
    EXPECT_EQ(device.claimed.size(), claims);
    EXPECT_EQ(device.released.size(), releases);
    claimed.pipe.reset();
    EXPECT_TRUE(device.holders.empty()) << "closing the pipe ends the claim";
    EXPECT_EQ(probe(), Readiness::ready);
}

TEST_F(UsbLinkTest, standard_probe_of_held_interface) {
    device.answered = 0x81;
    auto other = link_to({});
    const auto claimed = claim(other);
    EXPECT_EQ(probe(), Readiness::held);
    EXPECT_EQ(fault_of(Readiness::held), Fault::busy_elsewhere);
    auto sign = link_to({}, Interface::sign);
    EXPECT_EQ(probe(sign), Readiness::ready) << "the other interface is free";
}

TEST_F(UsbLinkTest, replugged_device_is_asked_anew) {
    device.answered = 0x81;
    probe();
    usb.unplug("1-1", 4);
    EXPECT_EQ(probe(), Readiness::absent);
    auto& updated = usb.plug("1-1", "A", 5);
    updated.answered = 0xC1;
    EXPECT_EQ(probe(), Readiness::ready);
    EXPECT_TRUE(updated.claimed.empty());
}

TEST_F(UsbLinkTest, answered_probes_share_one_open) {
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

TEST_F(UsbLinkTest, unanswered_probe_is_silent_and_recovers) {
    EXPECT_EQ(probe_mute(), Readiness::silent);
    settle();
    EXPECT_EQ(usb.in_flight(), 0U);
    EXPECT_EQ(device.cancels, 1);
    device.mute = false;
    EXPECT_EQ(probe(), Readiness::ready);
}

TEST_F(UsbLinkTest, abandoned_probe_is_cancelled) {
    device.mute = true;
    asio::cancellation_signal stop;
    const auto ask = [&]() -> awaitable<void> { co_await link.probe(); };
    asio::co_spawn(io, ask(), asio::bind_cancellation_slot(stop.slot(), [](std::exception_ptr) {}));
    settle();
    stop.emit(asio::cancellation_type::terminal);
    settle();
    EXPECT_EQ(usb.in_flight(), 0U);
}

TEST_F(UsbLinkTest, unconfigured_device_is_not_ready) {
    const auto interfaces = std::exchange(device.interfaces, {});
    EXPECT_EQ(probe(), Readiness::not_ready);
    EXPECT_FALSE(claim(link).pipe);
    device.interfaces = interfaces;
    EXPECT_EQ(probe(), Readiness::ready);
    EXPECT_EQ(device.opens, 3);  // an unconfigured device is not kept open
}

TEST_F(UsbLinkTest, device_with_one_interface_is_foreign) {
    device.interfaces.pop_back();
    EXPECT_EQ(probe(), Readiness::foreign);
    EXPECT_FALSE(claim(link).pipe);
    EXPECT_TRUE(device.claimed.empty());
}

TEST_F(UsbLinkTest, open_without_permission_is_forbidden) {
    device.open = UsbResult::denied;
    EXPECT_EQ(probe(), Readiness::forbidden);
    EXPECT_FALSE(claim(link).pipe);
    EXPECT_EQ(link.serial(), "A");
    device.open = UsbResult::done;  // udev has set the permissions
    EXPECT_EQ(probe(), Readiness::ready);
}

TEST_F(UsbLinkTest, claim_takes_only_own_interface) {
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

TEST_F(UsbLinkTest, claim_of_held_interface_reports_held) {
    device.claim = UsbResult::held;
    const auto refused = claim(link);
    EXPECT_TRUE(refused.held);
    EXPECT_FALSE(refused.pipe);
    EXPECT_EQ(device.closes, 1);
    device.claim = UsbResult::gone;
    EXPECT_FALSE(claim(link).held);
}

TEST_F(UsbLinkTest, replugged_device_found_at_new_address) {
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

TEST_F(UsbLinkTest, vanishing_node_is_absent) {
    for (const auto result : {UsbResult::gone, UsbResult::failed}) {
        device.open = result;
        EXPECT_EQ(probe(), Readiness::absent);
        EXPECT_FALSE(claim(link).pipe);
    }
}

TEST_F(UsbLinkTest, unplug_during_probe_is_absent_at_once) {
    device.mute = true;
    auto readiness = Readiness::ready;
    run([&]() -> awaitable<void> {
        asio::post(io, [&] { usb.unplug("1-1", 4); });
        readiness = co_await link.probe();
    });
    EXPECT_EQ(readiness, Readiness::absent) << "the time limit would yield silent";
}

TEST_F(UsbLinkTest, several_devices_need_a_serial) {
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

TEST_F(UsbLinkTest, second_device_does_not_replace_first) {
    EXPECT_EQ(probe(), Readiness::ready);
    usb.plug("1-2", "B", 5);
    device.control = UsbResult::failed;  // forces a new search
    probe();
    device.control = UsbResult::done;
    EXPECT_EQ(probe(), Readiness::ready);
    EXPECT_EQ(link.serial(), "A");
}

TEST_F(UsbLinkTest, reset_only_on_request) {
    EXPECT_EQ(link.reset(), Readiness::ready);
    EXPECT_EQ(device.resets, 1);
    device.reset = UsbResult::gone;  // it enumerated anew
    EXPECT_EQ(link.reset(), Readiness::ready);
    device.reset = UsbResult::denied;
    EXPECT_EQ(link.reset(), Readiness::forbidden);
    device.open = UsbResult::denied;
    EXPECT_EQ(link.reset(), Readiness::forbidden);
    usb.unplug("1-1", 4);
    EXPECT_EQ(link.reset(), Readiness::absent);
}

TEST_F(UsbLinkTest, changed_returns_after_time_limit) {
    run([&]() -> awaitable<void> { co_await link.changed(5ms); });
}

TEST_F(UsbLinkTest, channel_repeats_request_after_replug) {
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
                Timer timer{io, 1ms};
                co_await timer.async_wait(use_awaitable);
            };
            group.spawn(channel.run());
            group.spawn(asking());
            while (frames(device) == 0)
                co_await pause();
            usb.unplug("1-1", 4);
            while (channel.fault() != Fault::no_device)
                co_await pause();
            auto& again = usb.plug("1-1", "A", 5);
            while (frames(again) == 0)
                co_await pause();
            EXPECT_EQ(again.written.at(0), device.written.at(0));  // the repeated request
        };
        co_await with_group(all);
    });
    EXPECT_LE(usb.in_flight(), 2U);
}

}  // namespace
}  // namespace revenant::host
