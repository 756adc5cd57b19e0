#include <gtest/gtest.h>

#include "test/unit/host/link/fake_usb.hpp"

namespace revenant::host {
namespace {

class UsbDevicesTest : public ::testing::Test {
protected:
    std::vector<std::string> ports(const UsbSelection& selection) const {
        std::vector<std::string> found;
        for (const auto& device : usb_devices(selection, usb.places()))
            found.push_back(device.port);
        return found;
    }
    using Ports = std::vector<std::string>;

    asio::io_context io{1};
    test::FakeUsb usb{io};
    UsbSelection any;
};

TEST_F(UsbDevicesTest, system_without_usb_has_no_devices) {
    EXPECT_TRUE(usb_devices(any, {"/nonexistent/devices", "/nonexistent/bus"}).empty());
}

TEST_F(UsbDevicesTest, devices_with_ids_are_sorted_by_port) {
    usb.plug("1-2", "B", 12);
    usb.plug("1-1.4", "A", 4);
    usb.plug("1-3", "C", 5, "9997", "0002");
    usb.plug("usb1", "0000:00:14.0", 1, "1d6b", "0002");
    std::filesystem::create_directories(usb.places().devices / "1-2:1.0");  // an interface, without ids
    const auto found = usb_devices(any, usb.places());
    ASSERT_EQ(found.size(), 2U);
    EXPECT_EQ(found[0].port, "1-1.4");
    EXPECT_EQ(found[0].serial, "A");
    EXPECT_EQ(found[0].node, usb.places().nodes / "001" / "004");
    EXPECT_EQ(found[1].node, usb.places().nodes / "001" / "012");
}

TEST_F(UsbDevicesTest, sysfs_ids_are_hexadecimal) {
    usb.plug("1-1", "A", 4, "abcd", "0010");
    EXPECT_EQ(ports({0xABCD, 0x10}), Ports{"1-1"});
    EXPECT_EQ(ports({0xABCD, 10}), Ports{});
}

TEST_F(UsbDevicesTest, serial_and_port_filter_devices) {
    usb.plug("1-1", "A", 4);
    usb.plug("1-2", "B", 5);
    usb.plug("1-3", "", 6);
    EXPECT_EQ(ports({0x9997, 1, "B"}), Ports{"1-2"});
    EXPECT_EQ(ports({0x9997, 1, "", "1-3"}), Ports{"1-3"});
    EXPECT_EQ(ports({0x9997, 1, "A", "1-3"}), Ports{});
}

TEST_F(UsbDevicesTest, incomplete_sysfs_entry_is_skipped) {
    usb.plug("1-1", "A", 4);
    std::filesystem::remove(usb.places().devices / "1-1" / "devnum");
    EXPECT_EQ(ports(any), Ports{});
}

TEST_F(UsbDevicesTest, control_characters_in_serial_replaced) {
    usb.plug("1-1", "A\x1b[2J", 4);
    EXPECT_EQ(usb_devices(any, usb.places()).at(0).serial, "A?[2J");
}

TEST(usb_choice, only_device_or_previous_serial) {
    const UsbNode a{"1-1", "A", ""}, b{"1-2", "B", ""}, other_b{"1-3", "B", ""};
    EXPECT_FALSE(choose({}, "A"));
    EXPECT_EQ(choose({a}, "").value().port, "1-1");
    EXPECT_FALSE(choose({a}, "B")) << "a different device instead of the previous one";
    EXPECT_FALSE(choose({a, b}, ""));
    EXPECT_EQ(choose({a, b}, "B").value().port, "1-2");
    EXPECT_FALSE(choose({a, b}, "C"));
    EXPECT_FALSE(choose({a, b, other_b}, "B"));
}

TEST(usb_id, hex_with_prefix_decimal_without) {
    EXPECT_EQ(usb_id("0x9997"), 0x9997);
    EXPECT_EQ(usb_id("0XffFF"), 0xFFFF);
    EXPECT_EQ(usb_id("1"), 1);
    EXPECT_EQ(usb_id("39319"), 0x9997);
    for (const auto* wrong : {"", "0x", "x", "9997z", "0x1g", "-1", "+1", " 1", "65536", "0x10000", "ffff"})
        EXPECT_FALSE(usb_id(wrong)) << wrong;
}

}  // namespace
}  // namespace revenant::host
