#include "registrar/usb/privileges.hpp"

#include <algorithm>

#include <grp.h>
#include <gtest/gtest.h>
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace revenant::registrar {
namespace {

bool without_capabilities() {
    __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
    std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3> held{};
    ::syscall(SYS_capget, &header, held.data());
    return std::all_of(held.begin(), held.end(), [](const auto& word) {
        return word.effective == 0 && word.permitted == 0 && word.inheritable == 0;
    });
}

/// Runs in a child, since it cannot be undone. Returns 0 on success, else the number of the failed check.
int dropped(const User& user) {
    drop_privileges(user, {4242});
    if (!without_capabilities() || ::prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1)
        return 1;
    if (::getuid() != user.uid || ::geteuid() != user.uid || ::getgid() != user.gid || ::setuid(0) == 0)
        return 2;
    std::array<gid_t, 64> groups{};
    const int count = ::getgroups(groups.size(), groups.data());
    if (count != 2 || std::count(groups.begin(), groups.begin() + count, 4242U) != 1)
        return 3;
    return ::prctl(PR_CAPBSET_READ, CAP_SYS_ADMIN) == 0 ? 0 : 4;
}

TEST(privileges, root_switches_user_and_drops_all) {
    if (::geteuid() != 0)
        GTEST_SKIP() << "needs root, to have privileges to drop";
    EXPECT_EXIT(::_exit(dropped({54321, 54322, {}})), ::testing::ExitedWithCode(0), "");
}

TEST(privileges, same_user_drops_capabilities) {
    const auto check = [] {
        drop_privileges(own_user(), {});
        ::_exit(without_capabilities() && ::prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1 ? 0 : 1);
    };
    EXPECT_EXIT(check(), ::testing::ExitedWithCode(0), "");
}

TEST(privileges, other_user_needs_root) {
    const auto check = [] {
        if (::geteuid() == 0 && ::setuid(54321) != 0)
            ::_exit(1);
        try {
            drop_privileges({54999, 54999, {}}, {});
        } catch (const std::exception& error) {
            ::_exit(std::string{error.what()}.find("run as root") != std::string::npos ? 0 : 2);
        }
        ::_exit(3);
    };
    EXPECT_EXIT(check(), ::testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace revenant::registrar
