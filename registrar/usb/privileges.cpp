#include "registrar/usb/privileges.hpp"

#include <array>
#include <stdexcept>

#include <fmt/format.h>
#include <grp.h>
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "common/core/fd.hpp"

namespace revenant::registrar {
namespace {

constexpr int max_groups = 256;

std::vector<gid_t> groups_of(const User& user) {
    std::vector<gid_t> groups(max_groups);
    int count = max_groups;
    if (user.name.empty())
        return {user.gid};
    if (::getgrouplist(user.name.c_str(), user.gid, groups.data(), &count) < 0)
        count = max_groups;  // as many as fit
    groups.resize(static_cast<std::size_t>(count));
    return groups;
}

void become(const User& user, const std::vector<gid_t>& groups) {
    auto all = groups_of(user);
    all.insert(all.end(), groups.begin(), groups.end());
    checked(::setgroups(all.size(), all.data()), "setgroups");
    checked(::setresgid(user.gid, user.gid, user.gid), "setresgid");
    checked(::setresuid(user.uid, user.uid, user.uid), "setresuid");
    if (::getuid() != user.uid || ::geteuid() != user.uid || ::getegid() != user.gid)
        throw std::runtime_error{fmt::format("cannot switch to user {}: choose another --registrar-user", user.uid)};
}

/// Uses the system call directly: libcap is not needed to clear everything.
void clear_capabilities() {
    ::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
    __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
    const std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3> none{};
    checked(static_cast<int>(::syscall(SYS_capset, &header, none.data())), "capset");
}

}  // namespace

void drop_privileges(const User& user, const std::vector<gid_t>& groups) {
    if (::geteuid() == 0) {
        for (int capability = 0; ::prctl(PR_CAPBSET_DROP, capability) == 0; ++capability) {
        }  // until the last capability that the kernel knows
        become(user, groups);
    } else if (user.uid != ::geteuid()) {
        throw std::runtime_error{
            fmt::format("cannot switch to user {} without root: run as root, or omit --registrar-user", user.uid)};
    }
    clear_capabilities();
    checked(::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "PR_SET_NO_NEW_PRIVS");
    ::prctl(PR_SET_DUMPABLE, 0);  // setresuid() may have set it
}

}  // namespace revenant::registrar
