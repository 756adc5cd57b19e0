// Leftovers in configfs and in the mount table, from an earlier run or from other software.
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

/// Expects that the device works.
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

TEST(set_up, is_idempotent_and_teardown_is_complete) {
    run_as_root("registrar", set_up);
    run_as_root("registrar", set_up);
    EXPECT_TRUE(mounted());
    works();  // sets up a third time and tears down
    EXPECT_FALSE(mounted());
    EXPECT_FALSE(fs::exists(gadget));
    run_as_root("registrar", {"teardown"});
}

TEST(set_up, repairs_mount_without_gadget) {
    run_as_root("registrar", set_up);
    fs::remove(gadget / "configs/c.1/ffs.tezsign");
    works();
}

/// With a wrong name the host would see the interfaces of a link that teardown does not know.
TEST(set_up, repairs_link_with_wrong_name) {
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

TEST(set_up, repairs_gadget_without_mount) {
    run_as_root("registrar", set_up);
    ASSERT_EQ(::umount2(mount_point.c_str(), 0), 0);
    works();
}

TEST(set_up, repairs_wrong_owner) {
    run_as_root("registrar", set_up);
    ASSERT_EQ(::chown((mount_point / "ep0").c_str(), 12345, 12345), 0);
    works();
}

/// A serial function, since a network function triggers a kernel bug: on Debian's 6.1.0-56 a second bind after a failed
/// one, with ECM in the configuration, ends in a BUG (register_netdevice).
TEST(set_up, keeps_foreign_functions) {
    run_as_root("registrar", set_up);
    fs::create_directory(gadget / "functions/acm.usb0");
    fs::create_directory_symlink(gadget / "functions/acm.usb0", gadget / "configs/c.1/acm.usb0");
    {
        VmBaker device;
        EXPECT_TRUE(fs::exists(gadget / "configs/c.1/acm.usb0"));
        finish_burst(device.baker, start_burst(device.baker, 1));
    }
    EXPECT_TRUE(fs::exists(gadget / "functions/acm.usb0")) << "setup removed a foreign function";
    fs::remove(gadget / "configs/c.1/acm.usb0");
    fs::remove(gadget / "functions/acm.usb0");
    run_as_root("registrar", {"teardown"});
    EXPECT_FALSE(fs::exists(gadget));
}

TEST(set_up, non_empty_mount_point_is_rejected) {
    fs::create_directories(mount_point);
    std::ofstream{mount_point / "somebody's"} << "work";
    const auto refused = run_as_root("registrar", set_up, 1);
    EXPECT_NE(refused.err.find(mount_point.string()), std::string::npos) << refused.err;
    fs::remove(mount_point / "somebody's");
    works();
}

TEST(set_up, without_root_is_rejected) {
    const auto outcome = run_program("registrar", set_up, {}, milliseconds{20'000}, "baker");
    EXPECT_EQ(outcome.code, 1);
    EXPECT_NE(outcome.err.find("root"), std::string::npos) << outcome.err;
}

TEST(controller, taken_by_other_gadget_is_used_when_freed) {
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
