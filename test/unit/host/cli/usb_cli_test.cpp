// The program on a machine without a device, and what it says of devices that give no answer.
#include <sstream>

#include <boost/json/parse.hpp>
#include <grp.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "host/channel/link_errors.hpp"
#include "host/cli/cli.hpp"

namespace revenant::host {
namespace {

namespace json = boost::json;

struct CliRun {
    int exit = -1;
    std::string out, err;
};

/// Ids that no device has.
CliRun revenant(std::vector<const char*> words) {
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

TEST(usb_cli, status_without_device_times_out) {
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

TEST(usb_cli, doctor_names_missing_and_unknown) {
    const auto visit = revenant({"--json", "doctor"});
    EXPECT_EQ(visit.exit, 1);
    EXPECT_EQ(visit.err, "");
    const auto document = json::parse(visit.out);
    EXPECT_FALSE(document.at("ok").as_bool());
    bool cable = false, keys = false;
    for (const auto& check : document.at("checks").as_array()) {
        cable = cable || (check.at("name") == "cable" && check.at("state") == "problem");
        keys = keys || (check.at("name") == "keys" && check.at("state") == "unknown");
    }
    EXPECT_TRUE(cable && keys) << visit.out;
}

TEST(usb_cli, doctor_runs_without_privileges) {
    const pid_t child = ::fork();
    if (child == 0) {
        constexpr uid_t nobody = 65'534;
        if (::geteuid() == 0 && (::setgroups(0, nullptr) != 0 || ::setresgid(nobody, nobody, nobody) != 0 ||
                                 ::setresuid(nobody, nobody, nobody) != 0))
            ::_exit(99);
        const auto visit = revenant({"doctor"});
        ::_exit(visit.exit == 1 && visit.err.empty() && visit.out.find("could not be checked") != std::string::npos
                    ? 0
                    : 1);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_TRUE(WIFEXITED(status));
    EXPECT_EQ(WEXITSTATUS(status), 0);
}

TEST(usb_cli, invalid_id_is_one_sentence) {
    const char* const argv[]{"revenant", "--vendor-id", "99z7", "devices"};
    std::ostringstream out, err;
    EXPECT_EQ(run_cli(4, argv, environ, out, err), 2);
    EXPECT_NE(err.str().find("vendor-id is '99z7' (command line)"), std::string::npos);
}

TEST(usb_trouble, each_fault_names_device_and_remedy) {
    const UsbSelection selection{0x9997, 1, "SERIAL"};
    const auto say = [&](Fault fault) {
        return std::string{usb_error(fault, "SERIAL", selection, Interface::sign).what()};
    };
    const std::vector<std::pair<Fault, const char*>> remedies{
        {Fault::no_device, "check the cable"},    {Fault::not_ready, "look at the gadget's log"},
        {Fault::silent, "revenant reset"},        {Fault::foreign, "--vendor-id"},
        {Fault::forbidden, "revenant-operators"}, {Fault::busy_elsewhere, "end it"}};
    for (const auto& [fault, remedy] : remedies) {
        EXPECT_NE(say(fault).find("SERIAL"), std::string::npos) << say(fault);
        EXPECT_NE(say(fault).find(remedy), std::string::npos) << say(fault);
    }
    EXPECT_NE(say(Fault::forbidden).find("60-revenant.rules"), std::string::npos);
    EXPECT_NE(say(Fault::ambiguous).find("--serial"), std::string::npos);
}

TEST(usb_trouble, several_devices_are_listed) {
    const auto failure = ambiguous_error({{"1-1", "A", ""}, {"1-2", "", ""}}, {});
    EXPECT_EQ(failure.fault(), Fault::ambiguous);
    EXPECT_NE(std::string{failure.what()}.find("--serial: A (port 1-1), no serial (port 1-2)"), std::string::npos);
}

}  // namespace
}  // namespace revenant::host
