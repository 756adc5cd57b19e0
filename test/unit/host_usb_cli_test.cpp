// The program on a machine without a device, and what it says of devices that give no answer.
#include <sstream>

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>
#include <unistd.h>

#include "host/cli.hpp"
#include "host/trouble.hpp"

namespace revenant::host {
namespace {

namespace json = boost::json;

struct Result {
    int exit = -1;
    std::string out, err;
};

/// Ids that no device has.
Result revenant(std::vector<const char*> words) {
    words.insert(words.begin(), {"revenant", "--vendor-id", "0xfffe", "--product-id", "65534"});
    std::ostringstream out, err;
    const int exit = run_cli(static_cast<int>(words.size()), words.data(), environ, out, err);
    return {exit, out.str(), err.str()};
}

TEST(usb_cli, devices_without_a_device_is_an_empty_list) {
    const auto document = revenant({"--json", "devices"});
    EXPECT_EQ(document.exit, 0);
    EXPECT_TRUE(json::parse(document.out).at("devices").as_array().empty());
    EXPECT_NE(revenant({"devices"}).out.find("fffe:fffe"), std::string::npos);
}

TEST(usb_cli, status_without_a_device_says_so_at_its_deadline) {
    const auto result = revenant({"--deadline", "1", "status"});
    EXPECT_EQ(result.exit, 3);
    EXPECT_NE(result.err.find("no device with the USB ids fffe:fffe"), std::string::npos);
    EXPECT_EQ(std::count(result.err.begin(), result.err.end(), '\n'), 1);
}

TEST(usb_cli, reset_needs_a_device) {
    const auto result = revenant({"--json", "reset"});
    EXPECT_EQ(result.exit, 3);
    EXPECT_EQ(json::parse(result.out).at("error").at("code").as_string(), "no_device");
    EXPECT_EQ(revenant({"--bus", "loopback", "reset"}).exit, 2);
    EXPECT_EQ(revenant({"reset", "it"}).exit, 2);
}

TEST(usb_cli, an_id_that_is_no_number_is_one_sentence) {
    const char* const argv[]{"revenant", "--vendor-id", "99z7", "devices"};
    std::ostringstream out, err;
    EXPECT_EQ(run_cli(4, argv, environ, out, err), 2);
    EXPECT_NE(err.str().find("vendor-id is '99z7' (command line)"), std::string::npos);
}

TEST(usb_trouble, every_one_names_the_device_and_a_remedy) {
    using Trouble = DeviceChannel::Trouble;
    const UsbSelection selection{0x9997, 1, "SERIAL"};
    const auto say = [&](Trouble trouble) {
        return std::string{usb_failure(trouble, "SERIAL", selection, Interface::sign).what()};
    };
    const std::vector<std::pair<Trouble, const char*>> remedies{
        {Trouble::absent, "check the cable"},       {Trouble::not_ready, "look at the gadget's log"},
        {Trouble::silent, "revenant reset"},        {Trouble::foreign, "--vendor-id"},
        {Trouble::forbidden, "revenant-operators"}, {Trouble::held, "end it"}};
    for (const auto& [trouble, remedy] : remedies) {
        EXPECT_NE(say(trouble).find("SERIAL"), std::string::npos) << say(trouble);
        EXPECT_NE(say(trouble).find(remedy), std::string::npos) << say(trouble);
    }
    EXPECT_NE(say(Trouble::forbidden).find("60-revenant.rules"), std::string::npos);
    EXPECT_NE(say(Trouble::several).find("--serial"), std::string::npos);
}

TEST(usb_trouble, several_devices_are_listed) {
    const auto failure = several_devices({{"1-1", "A", ""}, {"1-2", "", ""}}, {});
    EXPECT_EQ(failure.exit(), Exit::usage);
    EXPECT_NE(std::string{failure.what()}.find("--serial: A (port 1-1), no serial (port 1-2)"), std::string::npos);
}

}  // namespace
}  // namespace revenant::host
