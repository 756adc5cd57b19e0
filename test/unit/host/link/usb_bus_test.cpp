#include "test/unit/host/link/usb_fixture.hpp"

namespace revenant::host {
namespace {

class UsbBusTest : public test::UsbTest {
protected:
    std::shared_ptr<UsbTransfer> read_posted() {
        auto transfer = std::make_shared<UsbTransfer>(io.get_executor());
        transfer->endpoint = 0x81;
        transfer->buffer.resize(512);
        EXPECT_EQ(opened.device->submit(transfer), UsbResult::done);
        return transfer;
    }

    test::FakeUsb::Device& device = usb.plug("1-1", "A", 4);
    UsbBus::Opened opened = bus->open(usb.node(4));
};

TEST_F(UsbBusTest, open_failure_reports_cause) {
    device.open = UsbResult::denied;
    EXPECT_EQ(bus->open(usb.node(4)).result, UsbResult::denied);
    EXPECT_EQ(bus->open(usb.node(9)).result, UsbResult::gone);
    EXPECT_FALSE(bus->open(usb.node(9)).device);
}

TEST_F(UsbBusTest, idle_device_is_closed_at_once) {
    opened.device.reset();
    EXPECT_EQ(device.closes, 1);
}

TEST_F(UsbBusTest, device_stays_open_until_transfers_end) {
    const std::weak_ptr<UsbTransfer> first = read_posted(), second = read_posted();
    opened.device.reset();
    EXPECT_EQ(device.cancels, 2);
    EXPECT_EQ(device.closes, 0);
    EXPECT_FALSE(first.expired() || second.expired());
    turn_until([&] { return device.closes == 1; });
    EXPECT_TRUE(first.expired() && second.expired());
    EXPECT_EQ(usb.turns, 0);
    settle();
}

TEST_F(UsbBusTest, rejected_transfer_is_forgotten) {
    device.submit = UsbResult::gone;
    const auto transfer = std::make_shared<UsbTransfer>(io.get_executor());
    EXPECT_EQ(opened.device->submit(transfer), UsbResult::gone);
    EXPECT_EQ(transfer->result, UsbResult::gone);
    opened.device.reset();
    EXPECT_EQ(device.closes, 1);
    EXPECT_EQ(device.cancels, 0);
}

TEST_F(UsbBusTest, ended_transfer_is_not_cancelled) {
    const auto transfer = read_posted();
    usb.end(device, 0x81, UsbResult::gone);
    opened.device->cancel(*transfer);
    EXPECT_EQ(device.cancels, 0);
}

TEST_F(UsbBusTest, destructor_drains_without_loop) {
    const std::weak_ptr<UsbTransfer> transfer = read_posted();
    bus.reset();
    opened.device.reset();  // the last owner of the bus
    EXPECT_GE(usb.turns, 1);
    EXPECT_EQ(device.closes, 1);
    EXPECT_TRUE(transfer.expired());
}

TEST_F(UsbBusTest, drain_of_stuck_transfers_is_bounded) {
    const auto patient = bus;
    bus = std::make_shared<UsbBus>(io.get_executor(), usb.backend(), 5ms);
    opened = bus->open(usb.node(4));
    usb.keeps_cancelled = true;
    const std::weak_ptr<UsbTransfer> transfer = read_posted();
    const auto closed_before = device.closes;
    opened.device.reset();
    settle();
    EXPECT_EQ(device.closes, closed_before);
    turn_until([&] { return device.closes == closed_before + 1; });
    EXPECT_TRUE(transfer.expired());

    opened = bus->open(usb.node(4));
    const std::weak_ptr<UsbTransfer> last = read_posted();
    bus.reset();
    opened.device.reset();  // the same without the loop
    EXPECT_TRUE(last.expired());
}

}  // namespace
}  // namespace revenant::host
