// What an earlier life, or somebody else, may have left in configfs and in the mount table.
#include <fstream>

#include <gtest/gtest.h>
#include <sys/mount.h>

#include "test/vm/vm_baker.hpp"

namespace revenant::test {
namespace {

namespace fs = std::filesystem;

const fs::path gadget{"/sys/kernel/config/usb_gadget/revenant"};
const fs::path mount_point{"/run/revenant-ffs"};

const std::vector<std::string> set_up{"setup", "--gadget-user", "revenant-gadget", "--registrar-user",
                                      "revenant-registrar"};

/// The device works after all of this.
void works() {
    VmBaker device;
    finish_burst(device.baker, start_burst(device.baker, 1));
}

bool mounted() {
    std::ifstream mounts{"/proc/self/mounts"};
    for (std::string line; std::getline(mounts, line);)
        if (line.find(' ' + mount_point.string() + " functionfs ") != std::string::npos)
            return true;
    return false;
}

TEST(set_up, twice_changes_nothing_and_tear_down_leaves_nothing) {
    run_as_root("registrar", set_up);
    run_as_root("registrar", set_up);
    EXPECT_TRUE(mounted());
    works();  // sets up a third time, and tears down
    EXPECT_FALSE(mounted());
    EXPECT_FALSE(fs::exists(gadget));
    run_as_root("registrar", {"teardown"});
}

TEST(set_up, mends_a_mount_without_a_gadget) {
    run_as_root("registrar", set_up);
    fs::remove(gadget / "configs/c.1/ffs.tezsign");
    works();
}

/// Under another name the host would be shown the interfaces of a link that teardown does not know.
TEST(set_up, mends_a_link_of_another_name) {
    run_as_root("registrar", set_up);
    const auto configuration = gadget / "configs/c.1";
    fs::remove(configuration / "ffs.tezsign");
    fs::create_directory_symlink(gadget / "functions/ffs.tezsign", configuration / "strange");
    run_as_root("registrar", set_up);
    EXPECT_FALSE(fs::exists(fs::symlink_status(configuration / "strange")));
    EXPECT_TRUE(fs::is_symlink(configuration / "ffs.tezsign"));
    works();
    EXPECT_FALSE(fs::exists(gadget));
}

TEST(set_up, mends_a_gadget_without_a_mount) {
    run_as_root("registrar", set_up);
    ASSERT_EQ(::umount2(mount_point.c_str(), 0), 0);
    works();
}

TEST(set_up, mends_a_wrong_owner) {
    run_as_root("registrar", set_up);
    ASSERT_EQ(::chown((mount_point / "ep0").c_str(), 12345, 12345), 0);
    works();
}

/// A serial port, since a network function is no harmless company: on Debian's 6.1.0-56 a bind that was refused once
/// and is tried again with ECM in the configuration ends in a BUG of the kernel (register_netdevice).
TEST(set_up, leaves_another_function_of_the_configuration_alone) {
    run_as_root("registrar", set_up);
    fs::create_directory(gadget / "functions/acm.usb0");
    fs::create_directory_symlink(gadget / "functions/acm.usb0", gadget / "configs/c.1/acm.usb0");
    {
        VmBaker device;
        EXPECT_TRUE(fs::exists(gadget / "configs/c.1/acm.usb0"));
        finish_burst(device.baker, start_burst(device.baker, 1));
    }
    EXPECT_TRUE(fs::exists(gadget / "functions/acm.usb0")) << "it is somebody else's";
    fs::remove(gadget / "configs/c.1/acm.usb0");
    fs::remove(gadget / "functions/acm.usb0");
    run_as_root("registrar", {"teardown"});
    EXPECT_FALSE(fs::exists(gadget));
}

TEST(set_up, of_a_mount_point_that_is_not_empty_is_refused) {
    fs::create_directories(mount_point);
    std::ofstream{mount_point / "somebody's"} << "work";
    const auto refused = run_as_root("registrar", set_up, 1);
    EXPECT_NE(refused.err.find(mount_point.string()), std::string::npos) << refused.err;
    fs::remove(mount_point / "somebody's");
    works();
}

TEST(set_up, without_root_is_refused) {
    const auto outcome = run_program("registrar", set_up, {}, milliseconds{20'000}, "baker");
    EXPECT_EQ(outcome.code, 1);
    EXPECT_NE(outcome.err.find("root"), std::string::npos) << outcome.err;
}

TEST(controller, taken_by_another_gadget_is_said_and_used_when_it_is_free) {
    const fs::path other{"/sys/kernel/config/usb_gadget/other"};
    run_as_root("registrar", set_up);
    fs::create_directory(other);
    fs::create_directory(other / "configs/c.1");
    fs::create_directory(other / "functions/acm.usb1");
    fs::create_directory_symlink(other / "functions/acm.usb1", other / "configs/c.1/acm.usb1");
    write_attribute(other / "UDC", "dummy_udc.0");
    SuiteSettings settings;
    settings.bus = Bus::usb;
    {
        Suite suite{settings};
        suite.wait_status("registrar", [](const auto& status) { return status.at("binding").as_string() == "taken"; });
        write_attribute(other / "UDC", "\n");
        Cable::wait_for_device();
    }
    run_as_root("registrar", {"teardown"});
    fs::remove(other / "configs/c.1/acm.usb1");
    fs::remove(other / "functions/acm.usb1");
    fs::remove(other / "configs/c.1");
    fs::remove(other);
}

}  // namespace
}  // namespace revenant::test
