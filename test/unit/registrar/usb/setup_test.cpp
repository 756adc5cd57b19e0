#include "registrar/usb/setup.hpp"

#include <algorithm>
#include <stdexcept>

#include <gtest/gtest.h>

#include "test/unit/registrar/usb/fake_kernel.hpp"

namespace revenant::registrar {
namespace {

using namespace test;
namespace fs = std::filesystem;

class usb_setup : public ::testing::Test {
protected:
    usb_setup() {
        fs::create_directories(settings_.gadgets_dir());
        kernel_.mounts[settings_.configfs_dir] = {"configfs", "none"};
    }

    void set_up() { set_up_usb(settings_, kernel_); }
    void tear_down() { tear_down_usb(settings_, kernel_); }
    std::string refusal() {
        try {
            set_up();
        } catch (const std::runtime_error& error) {
            return error.what();
        }
        return "";
    }
    std::string refusal_to_tear_down() {
        try {
            tear_down();
        } catch (const std::runtime_error& error) {
            return error.what();
        }
        return "";
    }
    /// Binds as the registrar does, and creates the endpoint files as the kernel does.
    void bind() {
        put(udc(), "dummy_udc.0");
        for (const auto* name : {"ep1", "ep2", "ep3", "ep4"})
            put(settings_.ffs_dir / name, "");
    }
    [[nodiscard]] bool asked(const std::string& what) const {
        return std::count(kernel_.asked.begin(), kernel_.asked.end(), what) != 0;
    }
    [[nodiscard]] fs::path udc() const { return settings_.udc_attribute(); }
    [[nodiscard]] fs::path link() const { return settings_.configuration_dir() / settings_.function; }

    TemporaryDirectory directory_;
    UsbSettings settings_ = fake_settings(directory_.path());
    FakeKernel kernel_{settings_.configfs_dir};
};

TEST_F(usb_setup, setup_creates_gadget) {
    set_up();
    EXPECT_EQ(line_of(settings_.gadget_dir() / "idVendor"), "0x9997");
    EXPECT_EQ(line_of(settings_.gadget_dir() / "idProduct"), "0x0001");
    const auto strings = settings_.gadget_dir() / "strings" / "0x409";
    EXPECT_EQ(line_of(strings / "manufacturer"), "TzC");
    EXPECT_EQ(line_of(strings / "product"), "tezsign-gadget");
    EXPECT_EQ(line_of(strings / "serialnumber"), "0123456789AB");
    EXPECT_TRUE(fs::equivalent(link(), settings_.function_dir()));
    EXPECT_TRUE(fs::read_symlink(link()).is_absolute());
    EXPECT_TRUE(asked("mount functionfs tezsign uid=1000,gid=1001,fmode=0660,rmode=0555"));
    EXPECT_EQ(kernel_.access.at(settings_.ep0()), (Access{990, 991, 0600}));
    EXPECT_EQ(kernel_.access.at(udc()), (Access{990, 991, 0644}));
    EXPECT_EQ(line_of(udc()), "");
}

TEST_F(usb_setup, repeated_setup_changes_nothing) {
    set_up();
    bind();
    kernel_.asked.clear();
    set_up();
    EXPECT_TRUE(kernel_.asked.empty()) << kernel_.asked.front();
    EXPECT_EQ(line_of(udc()), "dummy_udc.0");
}

TEST_F(usb_setup, changed_gadget_is_unbound_first) {
    set_up();
    bind();
    settings_.product = "another";
    set_up();
    EXPECT_EQ(line_of(udc()), "");
    EXPECT_EQ(line_of(settings_.gadget_dir() / "strings" / "0x409" / "product"), "another");
    EXPECT_FALSE(asked("unmount"));
}

TEST_F(usb_setup, running_registrar_prevents_changes) {
    set_up();
    bind();
    kernel_.users[settings_.ep0()] = 77;
    kernel_.asked.clear();
    settings_.product = "another";
    set_up();
    EXPECT_TRUE(kernel_.asked.empty());
    EXPECT_EQ(line_of(udc()), "dummy_udc.0");
    EXPECT_EQ(line_of(settings_.gadget_dir() / "strings" / "0x409" / "product"), "tezsign-gadget");
}

TEST_F(usb_setup, non_root_is_rejected) {
    kernel_.root = false;
    EXPECT_EQ(refusal(), "setup changes configfs and mounts FunctionFS: run it as root");
    EXPECT_EQ(refusal_to_tear_down(), "teardown changes configfs and unmounts FunctionFS: run it as root");
    EXPECT_TRUE(fs::is_empty(settings_.gadgets_dir()));
}

TEST_F(usb_setup, missing_configfs_is_loaded_and_mounted) {
    fs::remove(settings_.gadgets_dir());
    kernel_.mounts.clear();
    kernel_.loaded = false;
    set_up();
    EXPECT_TRUE(asked("modprobe libcomposite"));
    EXPECT_TRUE(asked("mount configfs none "));
    EXPECT_TRUE(fs::exists(udc()));
}

TEST_F(usb_setup, unavailable_configfs_throws) {
    fs::remove(settings_.gadgets_dir());
    kernel_.mounts.clear();
    kernel_.mount_error = ENODEV;
    EXPECT_EQ(refusal(), "there is no configfs at '" + settings_.configfs_dir.string() +
                             "' and it cannot be mounted: No such device: use a kernel with CONFIG_CONFIGFS_FS, or "
                             "correct --configfs-dir");
}

TEST_F(usb_setup, missing_gadget_support_throws) {
    fs::remove(settings_.gadgets_dir());
    kernel_.loadable = false;
    EXPECT_EQ(refusal(), "there is no '" + settings_.gadgets_dir().string() +
                             "': load the module libcomposite, or use a kernel with it");
}

TEST_F(usb_setup, functionfs_module_is_loaded) {
    kernel_.loaded = false;
    set_up();
    EXPECT_TRUE(asked("modprobe usb_f_fs"));
    EXPECT_TRUE(fs::exists(link()));
}

TEST_F(usb_setup, missing_functionfs_throws) {
    kernel_.loaded = kernel_.loadable = false;
    const auto said = refusal();
    EXPECT_EQ(said.find("the kernel has no FunctionFS: cannot create"), 0U) << said;
    EXPECT_NE(said.find("usb_f_fs"), std::string::npos) << said;
    kernel_.loaded = true;
    kernel_.mount_error = ENODEV;
    EXPECT_EQ(refusal().find("cannot mount FunctionFS at"), 0U);
}

TEST_F(usb_setup, nonempty_mount_point_is_rejected) {
    fs::create_directories(settings_.ffs_dir);
    put(settings_.ffs_dir / "mine", "");
    EXPECT_EQ(refusal(), "the mount point '" + settings_.ffs_dir.string() +
                             "' is not empty: empty it, or choose another --ffs-dir");
    EXPECT_TRUE(fs::is_empty(settings_.gadgets_dir()));
}

TEST_F(usb_setup, foreign_mount_is_rejected) {
    fs::create_directories(settings_.ffs_dir);
    kernel_.mounts[settings_.ffs_dir] = {"functionfs", "adb"};
    EXPECT_NE(refusal().find("is the mount point of 'adb' (functionfs)"), std::string::npos);
    kernel_.mounts[settings_.ffs_dir] = {"tmpfs", "tezsign"};
    EXPECT_NE(refusal().find("(tmpfs): unmount it"), std::string::npos);
}

TEST_F(usb_setup, missing_serial_changes_nothing) {
    settings_.serial.clear();
    settings_.machine_id_file = directory_.path() / "none";
    EXPECT_EQ(refusal().find("there is no serial number"), 0U);
    EXPECT_TRUE(fs::is_empty(settings_.gadgets_dir()));
}

TEST_F(usb_setup, mount_without_function_is_remounted) {
    set_up();
    fs::remove(link());
    fs::remove_all(settings_.function_dir());
    kernel_.asked.clear();
    set_up();
    EXPECT_TRUE(asked("unmount"));
    EXPECT_TRUE(asked("mount functionfs tezsign uid=1000,gid=1001,fmode=0660,rmode=0555"));
    EXPECT_TRUE(fs::equivalent(link(), settings_.function_dir()));
}

TEST_F(usb_setup, missing_mount_is_created) {
    set_up();
    kernel_.unmount(settings_.ffs_dir);
    set_up();
    EXPECT_TRUE(kernel_.mounts.count(settings_.ffs_dir) != 0);
    EXPECT_EQ(kernel_.access.at(settings_.ep0()), (Access{990, 991, 0600}));
}

TEST_F(usb_setup, mount_of_other_user_is_remounted) {
    for (const auto& wrong : {Access{0, 1001, 0550}, Access{1000, 0, 0550}}) {
        set_up();
        bind();
        kernel_.access[settings_.ffs_dir] = wrong;
        kernel_.asked.clear();
        set_up();
        EXPECT_TRUE(asked("unmount"));
        EXPECT_EQ(line_of(udc()), "");
    }
}

TEST_F(usb_setup, busy_mount_is_rejected) {
    set_up();
    kernel_.access[settings_.ffs_dir] = {0, 0, 0550};
    kernel_.unmount_error = EBUSY;
    const auto said = refusal();
    EXPECT_NE(said.find("cannot unmount"), std::string::npos) << said;
    EXPECT_NE(said.find("stop the gadget"), std::string::npos) << said;
}

TEST_F(usb_setup, no_disconnect_mount_is_unbound_first) {
    set_up();
    put(udc(), "dummy_udc.0");  // bound without ep1: a no_disconnect mount whose owner died
    kernel_.unmount_error = EBUSY;
    EXPECT_NE(refusal(), "");
    EXPECT_EQ(line_of(udc()), "");
    kernel_.unmount_error = 0;
    put(udc(), "dummy_udc.0");
    kernel_.asked.clear();
    set_up();
    EXPECT_TRUE(asked("unmount"));
    EXPECT_TRUE(kernel_.mounts.count(settings_.ffs_dir) != 0);
}

TEST_F(usb_setup, wrong_links_are_replaced_or_removed) {
    set_up();
    bind();
    fs::remove(link());
    fs::create_symlink(directory_.path() / "nowhere", link());
    fs::create_directory(settings_.gadget_dir() / "configs" / "d.2");
    const auto extra = settings_.gadget_dir() / "configs" / "d.2" / "f1";
    fs::create_symlink(settings_.function_dir(), extra);
    set_up();
    EXPECT_TRUE(fs::equivalent(link(), settings_.function_dir()));
    EXPECT_FALSE(fs::is_symlink(extra));
    EXPECT_EQ(line_of(udc()), "");
}

TEST_F(usb_setup, changed_access_is_repaired_while_bound) {
    set_up();
    bind();
    kernel_.access[settings_.ep0()] = {0, 0, 0660};
    kernel_.access[udc()] = {0, 0, 0644};
    set_up();
    EXPECT_EQ(kernel_.access.at(settings_.ep0()), (Access{990, 991, 0600}));
    EXPECT_EQ(kernel_.access.at(udc()).uid, 990U);
    EXPECT_EQ(line_of(udc()), "dummy_udc.0");
}

/// Our gadget with an Ethernet function added by another program, and another program's gadget.
class usb_company : public usb_setup {
protected:
    usb_company() {
        set_up();
        fs::create_directory(ethernet_);
        fs::create_symlink(ethernet_, settings_.configuration_dir() / "ecm.usb0");
        kernel_.make_directory(settings_.gadgets_dir() / "g2");
        put(settings_.gadgets_dir() / "g2" / "UDC", "other.udc");
        bind();
    }
    fs::path ethernet_ = settings_.gadget_dir() / "functions" / "ecm.usb0";
};

TEST_F(usb_company, setup_keeps_other_functions) {
    set_up();
    EXPECT_EQ(line_of(udc()), "dummy_udc.0");
    EXPECT_TRUE(fs::equivalent(settings_.configuration_dir() / "ecm.usb0", ethernet_));
}

TEST_F(usb_company, teardown_keeps_and_rebinds_others) {
    tear_down();
    EXPECT_FALSE(fs::exists(settings_.function_dir()));
    EXPECT_FALSE(fs::is_symlink(link()));
    EXPECT_TRUE(fs::equivalent(settings_.configuration_dir() / "ecm.usb0", ethernet_));
    EXPECT_EQ(line_of(udc()), "dummy_udc.0");
    EXPECT_EQ(line_of(settings_.gadgets_dir() / "g2" / "UDC"), "other.udc");
    tear_down();  // no longer contains our function
    EXPECT_EQ(line_of(udc()), "dummy_udc.0");
}

TEST_F(usb_setup, teardown_removes_everything) {
    set_up();
    bind();
    tear_down();
    EXPECT_TRUE(fs::is_empty(settings_.gadgets_dir()));
    EXPECT_FALSE(fs::exists(settings_.ffs_dir));
    kernel_.asked.clear();
    tear_down();
    EXPECT_TRUE(kernel_.asked.empty()) << kernel_.asked.front();
}

TEST_F(usb_setup, teardown_continues_after_failure) {
    set_up();
    bind();
    kernel_.unmount_error = EBUSY;
    EXPECT_NE(refusal_to_tear_down().find("cannot unmount"), std::string::npos);
    kernel_.unmount_error = 0;
    tear_down();
    EXPECT_TRUE(fs::is_empty(settings_.gadgets_dir()));
}

TEST_F(usb_setup, teardown_with_open_endpoint_throws) {
    set_up();
    bind();
    kernel_.users[settings_.ffs_dir / "ep3"] = 78;
    EXPECT_EQ(refusal_to_tear_down(),
              "process 78 has '" + (settings_.ffs_dir / "ep3").string() + "' open: stop it first");
    EXPECT_EQ(line_of(udc()), "dummy_udc.0");
    EXPECT_FALSE(asked("unmount"));
}

}  // namespace
}  // namespace revenant::registrar
