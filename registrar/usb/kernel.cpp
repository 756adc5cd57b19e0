#include "registrar/usb/kernel.hpp"

#include <array>
#include <cerrno>
#include <charconv>
#include <fstream>
#include <sstream>

#include <fcntl.h>
#include <spawn.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace revenant::registrar {
namespace {

namespace fs = std::filesystem;

constexpr mode_t permissions = 07777;

int error_of(int result) {
    return result == 0 ? 0 : errno;
}

/// Decodes mountinfo's escapes: space, tab, newline and backslash as backslash and three octal digits.
std::string unescaped(std::string_view text) {
    std::string plain;
    for (std::size_t at = 0; at < text.size(); ++at) {
        unsigned code = 0;
        const auto* const digits = text.data() + at + 1;
        if (text[at] == '\\' && at + 3 < text.size() &&
            std::from_chars(digits, digits + 3, code, 8).ptr == digits + 3) {
            plain += static_cast<char>(code);
            at += 3;
        } else {
            plain += text[at];
        }
    }
    return plain;
}

/// Whether one of the links in `descriptors` (/proc/PID/fd) refers to the file `wanted`.
bool holds(const fs::path& descriptors, const struct ::stat& wanted) {
    std::error_code gone;  // the process may end during the loop
    for (fs::directory_iterator entry{descriptors, gone}, end; !gone && entry != end; entry.increment(gone)) {
        struct ::stat found {};
        if (::stat(entry->path().c_str(), &found) == 0 && found.st_dev == wanted.st_dev &&
            found.st_ino == wanted.st_ino)
            return true;
    }
    return false;
}

}  // namespace

std::optional<Mount> mount_in(std::string_view mountinfo, const std::string& directory) {
    std::optional<Mount> topmost;
    std::istringstream lines{std::string{mountinfo}};
    for (std::string line; std::getline(lines, line);) {
        std::istringstream words{line};
        std::string id, parent, device, root, point, word;
        words >> id >> parent >> device >> root >> point;
        while (words >> word && word != "-") {
        }
        Mount mount;
        if (words >> mount.type >> mount.source && unescaped(point) == directory) {
            mount.source = unescaped(mount.source);
            topmost = mount;
        }
    }
    return topmost;
}

bool LinuxKernel::is_root() const {
    return ::geteuid() == 0;
}

bool LinuxKernel::load_module(const std::string& name) {
    std::string program{"modprobe"}, quiet{"--quiet"}, module{name};
    const std::array<char*, 4> arguments{program.data(), quiet.data(), module.data(), nullptr};
    pid_t child = 0;
    if (::posix_spawnp(&child, program.c_str(), nullptr, nullptr, arguments.data(), environ) != 0)
        return false;
    int status = 0;
    while (::waitpid(child, &status, 0) < 0)
        if (errno != EINTR)
            return false;
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

std::optional<Mount> LinuxKernel::mounted_at(const fs::path& directory) const {
    std::ostringstream text;
    text << std::ifstream{"/proc/self/mountinfo"}.rdbuf();
    std::error_code ignored;
    const auto real = fs::weakly_canonical(directory, ignored);  // mountinfo contains resolved paths
    return mount_in(text.str(), (ignored ? directory : real).string());
}

int LinuxKernel::mount(const Mount& what, const fs::path& directory, const std::string& options) {
    return error_of(::mount(what.source.c_str(), directory.c_str(), what.type.c_str(), 0, options.c_str()));
}

int LinuxKernel::unmount(const fs::path& directory) {
    return error_of(::umount2(directory.c_str(), UMOUNT_NOFOLLOW));
}

int LinuxKernel::make_directory(const fs::path& directory) {
    return error_of(::mkdir(directory.c_str(), 0755));
}

int LinuxKernel::remove_directory(const fs::path& directory) {
    return error_of(::rmdir(directory.c_str()));
}

std::optional<Access> LinuxKernel::access_of(const fs::path& file) const {
    struct ::stat status {};
    if (::lstat(file.c_str(), &status) != 0)
        return std::nullopt;
    return Access{status.st_uid, status.st_gid, status.st_mode & permissions};
}

int LinuxKernel::set_access(const fs::path& file, const Access& access) {
    if (::lchown(file.c_str(), access.uid, access.gid) != 0)
        return errno;
    return error_of(::chmod(file.c_str(), access.mode));
}

std::optional<pid_t> LinuxKernel::user_of(const fs::path& file) const {
    struct ::stat wanted {};
    if (::stat(file.c_str(), &wanted) != 0)
        return std::nullopt;
    std::error_code ignored;
    for (const auto& process : fs::directory_iterator{"/proc", ignored}) {
        const auto name = process.path().filename().string();
        pid_t pid = 0;
        const auto [end, failed] = std::from_chars(name.data(), name.data() + name.size(), pid);
        if (failed == std::errc{} && end == name.data() + name.size() && pid != ::getpid() &&
            holds(process.path() / "fd", wanted))
            return pid;
    }
    return std::nullopt;
}

}  // namespace revenant::registrar
