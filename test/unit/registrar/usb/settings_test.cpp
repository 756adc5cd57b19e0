#include "registrar/usb/settings.hpp"

#include <array>

#include <gtest/gtest.h>

#include "registrar/options.hpp"
#include "test/unit/registrar/usb/fake_kernel.hpp"

namespace revenant::registrar {
namespace {

using namespace test;

UsbSettings parsed(std::vector<const char*> arguments) {
    Options options{"registrar", ""};
    options.add("gadget-user", "", "");
    add_usb_settings(options);
    arguments.insert(arguments.begin(), "revenant-registrar");
    const std::array<const char*, 1> environment{nullptr};
    options.parse(static_cast<int>(arguments.size()), arguments.data(), environment.data());
    return usb_settings(options);
}

std::string refusal(const std::vector<const char*>& arguments) {
    try {
        parsed(arguments);
    } catch (const UsageError& error) {
        return error.what();
    }
    return "";
}

TEST(usb_settings, defaults_match_existing_companions) {
    const auto settings = parsed({});
    EXPECT_EQ(settings.vendor_id, 0x9997);
    EXPECT_EQ(settings.product_id, 0x0001);
    EXPECT_EQ(settings.manufacturer, "TzC");
    EXPECT_EQ(settings.product, "tezsign-gadget");
    EXPECT_EQ(settings.function_dir(), "/sys/kernel/config/usb_gadget/revenant/functions/ffs.tezsign");
    EXPECT_EQ(settings.configuration_dir(), "/sys/kernel/config/usb_gadget/revenant/configs/c.1");
    EXPECT_EQ(settings.udc_attribute(), "/sys/kernel/config/usb_gadget/revenant/UDC");
    EXPECT_EQ(settings.ffs_source(), "tezsign");
    EXPECT_EQ(settings.ep0(), "/run/revenant-ffs/ep0");
    EXPECT_EQ(settings.udc, "");
    EXPECT_EQ(settings.registrar_user.uid, ::geteuid());
}

TEST(usb_settings, ids_accept_hexadecimal_and_decimal) {
    EXPECT_EQ(parsed({"--vendor-id", "0xFFFF"}).vendor_id, 0xFFFF);
    EXPECT_EQ(parsed({"--vendor-id", "0X1d6b"}).vendor_id, 0x1d6b);
    EXPECT_EQ(parsed({"--product-id", "65535"}).product_id, 65535);
    EXPECT_EQ(parsed({"--product-id", "0"}).product_id, 0);
}

TEST(usb_settings, invalid_id_is_rejected) {
    EXPECT_EQ(refusal({"--vendor-id", "zebra"}),
              "the setting vendor-id is 'zebra' (command line): expected a number from 0 to 0xFFFF");
    for (const auto* text : {"", "0x", "0x10000", "65536", "-1", "12 ", "1x", "9z", "0x-1"})
        EXPECT_NE(refusal({"--product-id", text}), "") << text;
}

TEST(usb_settings, names_outside_directory_are_rejected) {
    for (const auto* setting : {"--gadget-name", "--udc"})
        for (const auto* text : {"..", ".", "a/b", "/x", "a\nb"})
            EXPECT_NE(refusal({setting, text}), "") << setting << ' ' << text;
    for (const auto* text : {"tezsign", "ffs.", "ecm.usb0", "ffs.a/b", ""})
        EXPECT_NE(refusal({"--function", text}), "") << text;
    for (const auto* text : {"c", "c.", ".1", "c.0", "c.256", "c.1/..", "c.x", "c.1x"})
        EXPECT_NE(refusal({"--configuration", text}), "") << text;
    EXPECT_EQ(parsed({"--configuration", "a.b.255"}).configuration, "a.b.255");
    for (const auto* setting : {"--ffs-dir", "--configfs-dir", "--udc-dir"})
        EXPECT_NE(refusal({setting, "relative"}), "") << setting;
}

TEST(usb_settings, strings_must_fit_descriptor) {
    EXPECT_NE(refusal({"--manufacturer", ""}), "");
    EXPECT_NE(refusal({"--product", "tab\there"}), "");
    const std::string longest(126, 'x'), longer(127, 'x');
    EXPECT_EQ(parsed({"--product", longest.c_str()}).product, longest);
    EXPECT_NE(refusal({"--product", longer.c_str()}), "");
}

TEST(usb_settings, users_and_groups_accept_name_or_number) {
    const auto settings = parsed({"--gadget-user", "root", "--gadget-group", "77", "--registrar-user", "54321"});
    EXPECT_EQ(settings.gadget_user.uid, 0U);
    EXPECT_EQ(settings.gadget_group, 77U);
    EXPECT_EQ(settings.registrar_user.uid, 54321U);
    EXPECT_EQ(parsed({"--gadget-user", "root"}).gadget_group, 0U);
    EXPECT_NE(refusal({"--registrar-user", "no-such-user"}).find("there is no such user"), std::string::npos);
    EXPECT_NE(refusal({"--gadget-group", "no-such-group"}).find("there is no such group"), std::string::npos);
}

class serial : public ::testing::Test {
protected:
    std::string derived(const std::string& machine_id) {
        put(settings_.machine_id_file, machine_id);
        return serial_number(settings_);
    }
    std::string refusal() {
        try {
            serial_number(settings_);
        } catch (const std::runtime_error& error) {
            return error.what();
        }
        return "";
    }

    TemporaryDirectory directory_;
    UsbSettings settings_ = [this] {
        UsbSettings settings;
        settings.machine_id_file = directory_.path() / "machine-id";
        return settings;
    }();
    const std::string one_{"00112233445566778899aabbccddeeff"}, two_{"00112233445566778899aabbccddeefe"};
};

TEST_F(serial, serial_is_derived_without_machine_id) {
    const auto first = derived(one_);
    EXPECT_EQ(first.size(), 16U);
    EXPECT_EQ(first.find_first_not_of("0123456789ABCDEF"), std::string::npos);
    EXPECT_EQ(derived(one_), first);
    EXPECT_NE(derived(two_), first);
    EXPECT_EQ(one_.find(first.substr(0, 4)), std::string::npos);
}

TEST_F(serial, setting_then_file_then_machine_id) {
    put(settings_.machine_id_file, one_);
    settings_.serial_file = directory_.path() / "serial";
    put(settings_.serial_file, "FROM-THE-FILE");
    EXPECT_EQ(serial_number(settings_), "FROM-THE-FILE");
    settings_.serial = "FROM-THE-SETTING";
    EXPECT_EQ(serial_number(settings_), "FROM-THE-SETTING");
}

TEST_F(serial, missing_or_invalid_serial_throws) {
    EXPECT_NE(refusal().find("there is no serial number"), std::string::npos);
    put(settings_.machine_id_file, "uninitialized");
    EXPECT_NE(refusal().find("there is no serial number"), std::string::npos);
    settings_.serial = "SHORT";
    EXPECT_NE(refusal().find("the setting serial"), std::string::npos);
    settings_.serial.clear();
    settings_.serial_file = directory_.path() / "absent";
    put(settings_.machine_id_file, one_);
    EXPECT_NE(refusal().find("absent"), std::string::npos);  // configured, so not skipped
}

}  // namespace
}  // namespace revenant::registrar
