// The doctor's checks against fake sysfs trees and fake responses.
#include <algorithm>
#include <fstream>

#include <gtest/gtest.h>
#include <unistd.h>

#include "common/core/version.hpp"
#include "host/cli/check_report.hpp"
#include "host/doctor/device.hpp"
#include "host/doctor/machine.hpp"
#include "host/doctor/programs.hpp"
#include "test/support/basics/loop.hpp"
#include "test/support/basics/temporary_directory.hpp"

namespace revenant::host::doctor {
namespace {

namespace fs = std::filesystem;
using State = Check::State;

class DoctorTest : public ::testing::Test {
protected:
    void put(const fs::path& file, const std::string& text) const {
        fs::create_directories((directory.path() / file).parent_path());
        std::ofstream{directory.path() / file} << text << '\n';
    }
    void plug(const std::string& port, const std::string& serial, const std::string& speed) const {
        put("usb/" + port + "/idVendor", "9997");
        put("usb/" + port + "/idProduct", "0001");
        put("usb/" + port + "/busnum", "1");
        put("usb/" + port + "/devnum", "4");
        put("usb/" + port + "/serial", serial);
        if (!speed.empty())
            put("usb/" + port + "/speed", speed);
    }
    Check cable(const UsbSelection& selection) const {
        return check_cable(usb_devices(selection, places.usb), selection, places);
    }

    test::TemporaryDirectory directory;
    SystemPaths places{{directory.path() / "usb", directory.path() / "bus"},
                       {directory.path() / "etc", directory.path() / "lib"},
                       directory.path() / "udc",
                       directory.path() / "proc",
                       directory.path() / "gadget.service"};
    UsbSelection any;
};

bool says(const Check& check, const std::string& words) {
    return (check.found + "; " + check.remedy).find(words) != std::string::npos;
}

TEST_F(DoctorTest, machine_without_usb_is_a_problem) {
    EXPECT_EQ(check_usb(places).state, State::problem);
    fs::create_directories(places.usb.devices);
    EXPECT_EQ(check_usb(places).state, State::problem) << "no bus";
    put("usb/usb1/speed", "480");
    put("usb/1-1/speed", "480");
    EXPECT_EQ(check_usb(places).state, State::fine);
    EXPECT_TRUE(says(check_usb(places), "1 USB bus"));
}

TEST_F(DoctorTest, unreadable_usb_directory_is_unknown) {
    put("usb", "a file");
    EXPECT_EQ(check_usb(places).state, State::unknown);
}

TEST_F(DoctorTest, cable_shows_serial_port_and_speed) {
    EXPECT_EQ(cable(any).state, State::problem);
    EXPECT_TRUE(says(cable(any), "check the cable"));
    plug("1-1.4", "A", "480");
    EXPECT_EQ(cable(any).state, State::fine);
    EXPECT_TRUE(says(cable(any), "1 device 9997:0001: serial A at port 1-1.4, 480 Mbit/s"));
    plug("1-2", "B", "");
    EXPECT_TRUE(says(cable(any), "2 devices"));
    EXPECT_TRUE(says(cable(any), "serial B at port 1-2, unknown speed"));
    EXPECT_EQ(cable({0x9997, 1, "B"}).state, State::fine);
    const auto other = cable({0x9997, 1, "C"});
    EXPECT_EQ(other.state, State::problem);
    EXPECT_TRUE(says(other, "the serial 'C'")) << other.found;
    EXPECT_TRUE(says(other, "serial A at port 1-1.4")) << other.remedy;
}

TEST_F(DoctorTest, node_must_exist_and_be_accessible) {
    const UsbNode node{"1-1", "A", directory.path() / "node"};
    EXPECT_EQ(check_permission(node).state, State::problem);
    EXPECT_TRUE(says(check_permission(node), "does not exist"));
    put("node", "");
    EXPECT_EQ(check_permission(node).state, State::fine);
    fs::permissions(node.node, fs::perms::owner_read);
    constexpr uid_t nobody = 65'534;
    const bool root = ::geteuid() == 0;
    ASSERT_TRUE(!root || ::seteuid(nobody) == 0);
    const auto denied = check_permission(node);
    ASSERT_TRUE(!root || ::seteuid(0) == 0);
    EXPECT_EQ(denied.state, State::problem);
    EXPECT_TRUE(says(denied, "revenant-operators")) << denied.remedy;
}

TEST_F(DoctorTest, udev_rule_must_match_ids_and_group) {
    const std::string rule =
        R"(SUBSYSTEM=="usb", ATTR{idVendor}=="9997", ATTR{idProduct}=="0001", GROUP="revenant-operators")";
    EXPECT_EQ(check_rule(any, places).state, State::problem);
    EXPECT_TRUE(says(check_rule(any, places), "install the package revenant-host"));
    put("lib/60-revenant.rules", "# " + rule);
    EXPECT_EQ(check_rule(any, places).state, State::problem) << "a comment";
    put("lib/60-revenant.rules", "# for us\n" + rule);
    EXPECT_EQ(check_rule(any, places).state, State::fine);
    EXPECT_EQ(check_rule({0x1234, 1}, places).state, State::problem);
    EXPECT_TRUE(says(check_rule({0x1234, 1}, places), "1234:0001"));
    put("etc/60-revenant.rules", "");
    EXPECT_EQ(check_rule(any, places).state, State::problem) << "the first directory hides the second";
}

TEST(doctor_group, must_exist_with_user_in_session) {
    EXPECT_EQ(check_group(std::nullopt).state, State::unknown);
    EXPECT_EQ(check_group(Membership{0, false}).state, State::problem);
    EXPECT_EQ(check_group(Membership{1000, true, true, true}).state, State::fine);
    EXPECT_EQ(check_group(Membership{0, true}).state, State::fine);
    const auto outside = check_group(Membership{1000, true});
    EXPECT_EQ(outside.state, State::problem);
    EXPECT_TRUE(says(outside, "adduser"));
    const auto old_session = check_group(Membership{1000, true, true, false});
    EXPECT_EQ(old_session.state, State::problem);
    EXPECT_TRUE(says(old_session, "log out and in again"));
    EXPECT_FALSE(says(old_session, "adduser"));
}

TEST(doctor_clock, kernel_state_maps_to_check) {
    timex clock{};
    EXPECT_EQ(check_clock(-1, clock, EPERM).state, State::unknown);
    EXPECT_EQ(check_clock(TIME_ERROR, clock, 0).state, State::problem);
    clock.status = STA_UNSYNC;
    EXPECT_EQ(check_clock(TIME_OK, clock, 0).state, State::problem);
    clock.status = 0;
    clock.maxerror = 12'001;
    EXPECT_EQ(check_clock(TIME_OK, clock, 0).state, State::fine);
    EXPECT_TRUE(says(check_clock(TIME_OK, clock, 0), "within 13 ms"));
}

TEST(doctor_readiness, each_result_maps_to_check) {
    const auto state = [](Readiness readiness) { return check_readiness(readiness).state; };
    EXPECT_EQ(state(Readiness::ready), State::fine);
    for (const auto bad : {Readiness::not_ready, Readiness::silent, Readiness::foreign, Readiness::absent}) {
        EXPECT_EQ(state(bad), State::problem);
        EXPECT_NE(check_readiness(bad).remedy, "");
    }
    for (const auto blind : {Readiness::forbidden, Readiness::several, Readiness::held})
        EXPECT_EQ(state(blind), State::unknown);
    EXPECT_TRUE(says(check_readiness(Readiness::not_ready), "no gadget is alive"));
    EXPECT_TRUE(says(check_readiness(Readiness::silent), "revenant reset"));
    EXPECT_TRUE(says(check_readiness(Readiness::foreign), "protocol version 1"));
}

TEST(doctor_interface, free_or_held_maps_to_check) {
    EXPECT_EQ(check_interface(Interface::sign, Hold::free, {}).state, State::fine);
    EXPECT_EQ(check_interface(Interface::sign, Hold::neither, {}).state, State::unknown);
    const auto serving = check_interface(Interface::sign, Hold::held, {"revenant (pid 7)", "other (pid 8)"});
    EXPECT_EQ(serving.state, State::fine) << "held by a running signer";
    EXPECT_TRUE(says(serving, "held by revenant (pid 7), other (pid 8)"));
    EXPECT_EQ(check_interface(Interface::management, Hold::held, {}).state, State::problem);
}

TEST_F(DoctorTest, holders_have_the_node_open) {
    const auto process = [&](const std::string& pid, const std::string& comm, const std::string& target) {
        put("proc/" + pid + "/comm", comm);
        fs::create_directories(places.processes / pid / "fd");
        fs::create_symlink(target, places.processes / pid / "fd" / "5");
    };
    process("7", "revenant", "/dev/bus/usb/001/004");
    process("8", "other", "/dev/bus/usb/001/005");
    process("9", "tezsign", "/dev/bus/usb/001/004");
    process("10", "myself", "/dev/bus/usb/001/004");
    process("acpi", "no process", "/dev/bus/usb/001/004");
    put("proc/11/comm", "fd not accessible");
    fs::create_directory_symlink("10", places.processes / "self");
    EXPECT_EQ(holders_of("/dev/bus/usb/001/004", places.processes),
              (std::vector<std::string>{"revenant (pid 7)", "tezsign (pid 9)"}));
    EXPECT_TRUE(holders_of("/dev/bus/usb/001/004", "/nonexistent").empty());
}

Answer answered(Response response) {
    Answer answer;
    answer.outcome = Answer::Outcome::answered;
    answer.response = std::move(response);
    return answer;
}

TEST(doctor_versions, differing_versions_are_fine_and_shown) {
    EXPECT_EQ(check_versions({}).state, State::unknown);
    EXPECT_EQ(check_versions(answered(VersionResponse{"", ""})).state, State::unknown);
    EXPECT_EQ(check_versions(answered(ErrorResponse{ErrorCode::bad_payload, "no"})).state, State::unknown);
    EXPECT_EQ(check_versions(answered(VersionResponse{version, ""})).state, State::fine);
    EXPECT_TRUE(says(check_versions(answered(VersionResponse{version, ""})), "both ends are"));
    EXPECT_TRUE(says(check_versions(answered(VersionResponse{"9.9\x1b[2J", ""})), "the device 9.9?[2J"));
}

KeyStatus key(const char* id, LockState lock, bool corrupted = false, bool degraded = false) {
    KeyStatus status;
    status.key_id = id;
    status.lock_state = lock;
    status.state_corrupted = corrupted;
    if (degraded)
        status.chains.push_back({{1, 2, 3, 4}, {}, {}, {}, true});
    return status;
}

Checks keys(std::vector<KeyStatus> list, bool initialised = true) {
    return check_keys(answered(InitInfoResponse{initialised, false}), answered(StatusResponse{std::move(list)}));
}

const Check& called(const Checks& checks, const std::string& name, State state) {
    const auto found = std::find_if(checks.begin(), checks.end(),
                                    [&](const Check& check) { return check.name == name && check.state == state; });
    if (found == checks.end())
        throw std::runtime_error{"no such check of " + name};
    return *found;
}

TEST(doctor_keys, exist_unlocked_and_intact) {
    EXPECT_TRUE(says(keys({}, false).at(0), "revenant init"));
    EXPECT_TRUE(says(called(keys({}), "keys", State::problem), "revenant new"));
    const auto good = keys({key("a", LockState::unlocked), key("b", LockState::unlocked)});
    EXPECT_EQ(good.size(), 3U);
    for (const auto& check : good)
        EXPECT_EQ(check.state, State::fine) << check.name;
}

TEST(doctor_keys, locked_are_named_and_marks_unknown) {
    const auto locked = keys({key("a", LockState::locked), key("b", LockState::unlocked), key("c", LockState::locked)});
    EXPECT_TRUE(says(called(locked, "locks", State::problem), "a, c"));
    EXPECT_TRUE(says(called(locked, "locks", State::problem), "revenant unlock"));
    EXPECT_TRUE(says(called(locked, "marks", State::unknown), "a, c"));
    EXPECT_EQ(called(keys({key("a", LockState::unspecified)}), "locks", State::unknown).remedy, "");
}

TEST(doctor_keys, lost_or_degraded_marks_are_a_problem) {
    const auto hurt = keys({key("lost", LockState::unlocked, true), key("bound", LockState::unlocked, false, true)});
    EXPECT_TRUE(says(hurt.at(2), "lost")) << hurt.at(2).found;
    EXPECT_TRUE(says(hurt.at(2), "set-level"));
    EXPECT_TRUE(says(hurt.at(3), "bound"));
    EXPECT_EQ(hurt.at(3).state, State::problem);
}

TEST(doctor_keys, unwritten_reserve_and_power_cut_are_a_problem) {
    auto failing = key("failing", LockState::unlocked, false, true);
    failing.chains[0].degraded = false;
    failing.chains[0].reserve_failed = true;
    auto cut = key("cut", LockState::unlocked, false, true);
    cut.chains[0].degraded = false;
    cut.chains[0].refused_until = 104;
    const auto found = keys({failing, cut});
    EXPECT_TRUE(says(found.at(2), "failing")) << found.at(2).found;
    EXPECT_TRUE(says(found.at(2), "card"));
    EXPECT_TRUE(says(found.at(3), "cut")) << found.at(3).found;
    EXPECT_TRUE(says(found.at(3), "resumes automatically"));
}

TEST(doctor_keys, unknown_without_response) {
    for (const auto& check : check_keys({}, {}))
        EXPECT_EQ(check.state, State::unknown) << check.name;
    EXPECT_EQ(check_keys({}, {}).size(), 3U);
}

TEST_F(DoctorTest, controller_matters_only_on_a_device) {
    EXPECT_TRUE(check_controllers(false, places).empty());
    EXPECT_EQ(check_controllers(true, places).at(0).state, State::problem) << "no controller";
    const auto state_of = [&](const std::string& state) {
        put("udc/fe980000.usb/state", state);
        return check_controllers(true, places).at(0);
    };
    EXPECT_EQ(state_of("configured").state, State::fine);
    EXPECT_EQ(state_of("not attached").state, State::problem);
    EXPECT_TRUE(says(state_of("not attached"), "fe980000.usb"));
    EXPECT_EQ(state_of("suspended").state, State::problem);
    EXPECT_EQ(state_of("addressed").state, State::problem);
    EXPECT_EQ(state_of("").state, State::unknown);
    EXPECT_EQ(check_controllers(false, places).at(0).state, State::fine) << "not a device";
}

TEST_F(DoctorTest, is_device_if_programs_run_or_installed) {
    EXPECT_FALSE(is_device(directory.path() / "run", places));
    put("gadget.service", "");
    EXPECT_TRUE(is_device(directory.path() / "run", places));
    fs::remove(places.device_unit);
    put("run/liveness/status.sock", "");
    EXPECT_TRUE(is_device(directory.path() / "run", places));
}

class DoctorProgramTest : public DoctorTest {
protected:
    Told ask() const {
        Told told;
        test::run([&]() -> awaitable<void> { told = co_await ask_program(directory.path(), "gadget"); });
        return told;
    }
    /// Runs a listener that sends `text` and then stays silent.
    Told ask_one_that_says(const std::string& text) const {
        fs::create_directories(directory.path() / "gadget");
        Told told;
        test::run([&]() -> awaitable<void> {
            stream_protocol::acceptor listener{
                co_await asio::this_coro::executor,
                stream_protocol::endpoint{(directory.path() / "gadget" / "status.sock").string()}};
            const auto body = [&](TaskGroup& group) -> awaitable<void> {
                group.spawn(say(listener, text));
                group.spawn(test::turn_clock_until([] { return false; }));  // else a program that hangs costs a second
                told = co_await ask_program(directory.path(), "gadget");
            };
            co_await with_group(body);
        });
        fs::remove(directory.path() / "gadget" / "status.sock");
        return told;
    }

private:
    static awaitable<void> say(stream_protocol::acceptor& listener, std::string text) {
        auto reader = co_await listener.async_accept(use_awaitable);
        co_await asio::async_write(reader, asio::buffer(text), use_awaitable);
        std::array<char, 1> rest{};
        co_await reader.async_read_some(asio::buffer(rest), as_tuple(use_awaitable));
    }
};

TEST_F(DoctorProgramTest, status_line_yields_state) {
    const auto told = ask_one_that_says("{\"state\":\"enabled\",\"pid\":7}\n");
    EXPECT_EQ(told.how, Told::How::state);
    EXPECT_EQ(told.text, "enabled");
    EXPECT_EQ(check_program("gadget", told).state, State::fine);
    EXPECT_TRUE(says(check_program("gadget", told), "'enabled'"));
}

TEST_F(DoctorProgramTest, absent_dead_or_hung_is_a_problem) {
    EXPECT_EQ(ask().how, Told::How::absent);
    EXPECT_EQ(check_program("gadget", ask()).state, State::problem);
    EXPECT_EQ(ask_one_that_says("{\"state\"").how, Told::How::silent);
    {
        asio::io_context io;
        const stream_protocol::acceptor dead{
            io, stream_protocol::endpoint{(directory.path() / "gadget" / "status.sock").string()}};
    }
    EXPECT_EQ(ask().how, Told::How::refused);
    EXPECT_EQ(check_program("gadget", ask()).state, State::problem);
}

TEST_F(DoctorProgramTest, invalid_status_is_unknown) {
    for (const auto* nonsense : {"hello\n", "[]\n", "{}\n", "{\"state\":7}\n"}) {
        const auto told = ask_one_that_says(nonsense);
        EXPECT_EQ(told.how, Told::How::failed) << nonsense;
        EXPECT_EQ(check_program("gadget", told).state, State::unknown);
    }
    EXPECT_EQ(check_program("gadget", Told{Told::How::forbidden}).state, State::unknown);
}

TEST(doctor_report, well_only_if_all_checks_are_fine) {
    const auto good = report_of({fine("one", "works")});
    EXPECT_EQ(good.exit, Exit::done);
    EXPECT_EQ(good.text, "STATE  CHECK  FOUND\nok     one    works\nAll checks succeeded.\n");
    EXPECT_TRUE(good.json.at("ok").as_bool());
    const auto blind = report_of({fine("one", "works"), unknown("two", "too dark")});
    EXPECT_EQ(blind.exit, Exit::failed);
    EXPECT_FALSE(blind.json.at("ok").as_bool());
    EXPECT_NE(blind.text.find("unknown  two    could not be checked: too dark\n"), std::string::npos) << blind.text;
    const auto bad = report_of({problem("one", "is broken", "mend it"), unknown("two", "too dark")});
    EXPECT_NE(bad.text.find("problem  one    is broken; mend it\n"), std::string::npos) << bad.text;
    EXPECT_NE(bad.text.find("1 problem, 1 could not be checked.\n"), std::string::npos) << bad.text;
    EXPECT_EQ(bad.json.at("checks").at(0).at("remedy").as_string(), "mend it");
}

}  // namespace
}  // namespace revenant::host::doctor
