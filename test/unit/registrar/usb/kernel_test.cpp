#include "registrar/usb/kernel.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/core/fd.hpp"
#include "test/unit/registrar/usb/fake_kernel.hpp"

namespace revenant::registrar {
namespace {

using namespace test;

constexpr auto mountinfo =
    "22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/root rw\n"
    "23 22 0:21 / /sys/kernel/config rw shared:5 master:2 - configfs configfs rw\n"
    "24 22 0:22 / /run/with\\040space rw - tmpfs a\\134b rw\n"
    "25 22 0:23 / /run/ffs rw - tmpfs below rw\n"
    "26 22 0:24 / /run/ffs rw - functionfs tezsign rw\n"
    "nonsense\n";

TEST(kernel, topmost_mount_is_found) {
    EXPECT_EQ(mount_in(mountinfo, "/sys/kernel/config").value().type, "configfs");
    EXPECT_EQ(mount_in(mountinfo, "/run/ffs").value().type, "functionfs");
    EXPECT_EQ(mount_in(mountinfo, "/run/ffs").value().source, "tezsign");
    EXPECT_EQ(mount_in(mountinfo, "/run/with space").value().source, "a\\b");
    EXPECT_FALSE(mount_in(mountinfo, "/run").has_value());
    EXPECT_FALSE(mount_in("", "/").has_value());
}

TEST(kernel, system_mount_is_found) {
    EXPECT_EQ(LinuxKernel{}.mounted_at("/proc").value().type, "proc");
    EXPECT_FALSE(LinuxKernel{}.mounted_at("/proc/self/fd").has_value());
}

TEST(kernel, user_of_finds_other_process) {
    const TemporaryDirectory directory;
    const auto file = directory.path() / "file";
    put(file, "");
    EXPECT_FALSE(LinuxKernel{}.user_of(directory.path() / "absent").has_value());
    const auto ours = open_file(file, O_RDONLY);
    EXPECT_FALSE(LinuxKernel{}.user_of(file).has_value());
    std::array<int, 2> end{};
    ASSERT_EQ(::pipe(end.data()), 0);
    const pid_t child = ::fork();  // holds its copy until the pipe is closed
    if (child == 0) {
        ::close(end[1]);
        char byte = 0;
        ::_exit(::read(end[0], &byte, 1) < 0);
    }
    ::close(end[0]);
    EXPECT_EQ(LinuxKernel{}.user_of(file), child);
    ::close(end[1]);
    ::waitpid(child, nullptr, 0);
    EXPECT_FALSE(LinuxKernel{}.user_of(file).has_value());
}

TEST(kernel, directories_and_access_are_managed) {
    const TemporaryDirectory directory;
    const auto made = directory.path() / "made";
    LinuxKernel kernel;
    EXPECT_EQ(kernel.make_directory(made), 0);
    EXPECT_EQ(kernel.make_directory(made), EEXIST);
    const Access wanted{::geteuid(), ::getegid(), 0700};
    EXPECT_EQ(kernel.set_access(made, wanted), 0);
    EXPECT_EQ(kernel.access_of(made), wanted);
    EXPECT_EQ(kernel.remove_directory(made), 0);
    EXPECT_EQ(kernel.remove_directory(made), ENOENT);
    EXPECT_FALSE(kernel.access_of(made).has_value());
    EXPECT_EQ(kernel.set_access(made, wanted), ENOENT);
}

TEST(kernel, unknown_module_is_not_loaded) {
    EXPECT_FALSE(LinuxKernel{}.load_module("revenant_no_such_module"));
}

}  // namespace
}  // namespace revenant::registrar
