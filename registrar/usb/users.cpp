#include "registrar/usb/users.hpp"

#include <array>
#include <charconv>
#include <optional>

#include <fmt/format.h>
#include <grp.h>
#include <pwd.h>
#include <unistd.h>

#include "common/core/visible.hpp"

namespace revenant::registrar {
namespace {

using Buffer = std::array<char, 16384>;

std::optional<unsigned> number(const std::string& text) {
    unsigned value = 0;
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (failed != std::errc{} || end != text.data() + text.size())
        return std::nullopt;
    return value;
}

std::optional<User> named(const std::string& name) {
    Buffer buffer;
    struct ::passwd entry {};
    struct ::passwd* found = nullptr;
    if (::getpwnam_r(name.c_str(), &entry, buffer.data(), buffer.size(), &found) != 0 || found == nullptr)
        return std::nullopt;
    return User{entry.pw_uid, entry.pw_gid, entry.pw_name};
}

User numbered(uid_t uid) {
    Buffer buffer;
    struct ::passwd entry {};
    struct ::passwd* found = nullptr;
    if (::getpwuid_r(uid, &entry, buffer.data(), buffer.size(), &found) != 0 || found == nullptr)
        return {uid, static_cast<gid_t>(uid), {}};  // never the current group of this process
    return {uid, entry.pw_gid, entry.pw_name};
}

std::optional<gid_t> group(const std::string& name) {
    Buffer buffer;
    struct ::group entry {};
    struct ::group* found = nullptr;
    if (::getgrnam_r(name.c_str(), &entry, buffer.data(), buffer.size(), &found) != 0 || found == nullptr)
        return std::nullopt;
    return entry.gr_gid;
}

}  // namespace

User own_user() {
    auto user = numbered(::geteuid());
    user.gid = ::getegid();
    return user;
}

User user_setting(const Options& options, const std::string& name) {
    const auto text = options.text(name);
    if (text.empty())
        return own_user();
    constexpr auto nobody = static_cast<uid_t>(-1);  // means "do not change" to the kernel
    if (const auto uid = number(text); uid && *uid != nobody)
        return numbered(*uid);
    if (auto user = named(text))
        return *user;
    throw UsageError{
        fmt::format("the setting {} is '{}' ({}): there is no such user", name, visible(text), options.origin(name))};
}

gid_t group_setting(const Options& options, const std::string& name, gid_t otherwise) {
    const auto text = options.text(name);
    if (text.empty())
        return otherwise;
    if (const auto gid = number(text))
        return *gid;
    if (const auto gid = group(text))
        return *gid;
    throw UsageError{
        fmt::format("the setting {} is '{}' ({}): there is no such group", name, visible(text), options.origin(name))};
}

std::vector<gid_t> existing_groups(const std::vector<std::string>& names) {
    std::vector<gid_t> groups;
    for (const auto& name : names)
        if (const auto gid = group(name))
            groups.push_back(*gid);
    return groups;
}

}  // namespace revenant::registrar
