#include "gadget/disk/directory.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <stdexcept>
#include <string_view>
#include <system_error>
#include <thread>
#include <utility>

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>

namespace revenant::gadget::keystore {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view unfinished = ".tmp";
constexpr auto lock_name = "lock";
constexpr std::size_t largest_file = std::size_t{1} << 20;

std::error_code last_error() {
    return {errno, std::system_category()};
}

std::error_code write_all(int file, ByteView bytes, off_t offset) {
    while (!bytes.empty()) {
        const auto put = ::pwrite(file, bytes.data(), bytes.size(), offset);
        if (put < 0 && errno == EINTR)
            continue;
        if (put <= 0)
            return put < 0 ? last_error() : std::make_error_code(std::errc::io_error);
        bytes = bytes.subspan(static_cast<std::size_t>(put));
        offset += put;
    }
    return {};
}

/// Reads until `into` is full or the file ends; sets `got` to the number of bytes read.
std::error_code read_all(int file, std::span<std::uint8_t> into, off_t offset, std::size_t& got) {
    got = 0;
    while (got < into.size()) {
        const auto part = ::pread(file, into.data() + got, into.size() - got, offset + static_cast<off_t>(got));
        if (part < 0 && errno == EINTR)
            continue;
        if (part < 0)
            return last_error();
        if (part == 0)
            break;
        got += static_cast<std::size_t>(part);
    }
    return {};
}

class RealFile : public PlacedFile {
public:
    explicit RealFile(UniqueFd file) : file_{std::move(file)} {}
    std::error_code read(std::size_t offset, std::span<std::uint8_t> into) override {
        std::size_t got = 0;
        if (const auto error = read_all(file_.get(), into, static_cast<off_t>(offset), got))
            return error;
        return got == into.size() ? std::error_code{} : std::make_error_code(std::errc::io_error);
    }
    std::error_code write(std::size_t offset, ByteView bytes) override {
        return write_all(file_.get(), bytes, static_cast<off_t>(offset));
    }

private:
    UniqueFd file_;  // O_DSYNC
};

std::string folder_of(const std::string& name) {
    const auto slash = name.find('/');
    return slash == std::string::npos ? "." : name.substr(0, slash);
}

std::error_code sync_folder(int top, const std::string& folder) {
    const UniqueFd fd{::openat(top, folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    return fd && ::fsync(fd.get()) == 0 ? std::error_code{} : last_error();
}

[[noreturn]] void refuse(const fs::path& path, const char* what, const char* remedy) {
    const auto cause = last_error();
    throw std::runtime_error{
        fmt::format("cannot {} the store '{}': {}: {}", what, path.string(), cause.message(), remedy)};
}

void refuse_strangers(const fs::path& path, const struct stat& found) {
    if (found.st_uid != ::geteuid())
        throw std::runtime_error{
            fmt::format("'{}' belongs to uid {} and the store is used by uid {}: chown it, or run "
                        "as its owner",
                        path.string(), found.st_uid, ::geteuid())};
    if ((found.st_mode & (S_IRWXG | S_IRWXO)) != 0)
        throw std::runtime_error{
            fmt::format("'{}' has mode {:04o}, which gives group or others access to the keys: run "
                        "'chmod -R go= {}'",
                        path.string(), found.st_mode & 07777, path.string())};
}

/// Whether it is where fsck puts what it saved, at the top of an ext4 partition. It belongs to root; the store uses
/// nothing in it.
bool is_of_file_system(const fs::path& top, const fs::path& entry, const struct stat& found) {
    return entry == top / "lost+found" && S_ISDIR(found.st_mode) && found.st_uid == 0;
}

/// Checks that nothing in the store belongs to another user or is open to others; removes leftovers of an interrupted
/// replace().
void inspect(const fs::path& top, const fs::path& folder, int depth) {
    for (const auto& entry : fs::directory_iterator{folder}) {
        struct stat found {};
        checked(::lstat(entry.path().c_str(), &found), "stat", entry.path());
        if (is_of_file_system(top, entry.path(), found))
            continue;
        refuse_strangers(entry.path(), found);
        if (S_ISDIR(found.st_mode) && depth > 0)
            inspect(top, entry.path(), depth - 1);
        else if (S_ISREG(found.st_mode) && entry.path().extension() == unfinished)
            fs::remove(entry.path());
    }
}

std::string owner_of(int top) {
    const UniqueFd file{::openat(top, lock_name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)};
    std::array<char, 16> pid{};
    const auto got = file ? ::read(file.get(), pid.data(), pid.size()) : 0;
    return got > 0 ? std::string{pid.data(), static_cast<std::size_t>(got)} : "unknown";
}

void take_lock(int top, const fs::path& path, std::chrono::milliseconds wait) {
    // flock() has no timeout, and a signal to limit it would affect the whole process: poll in short steps, at start-up
    // only.
    constexpr std::chrono::milliseconds step{20};
    const auto deadline = std::chrono::steady_clock::now() + wait;
    while (::flock(top, LOCK_EX | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK && errno != EINTR)
            checked(-1, "flock", path);
        if (std::chrono::steady_clock::now() >= deadline)
            throw std::runtime_error{
                fmt::format("the store '{}' is in use by process {}: stop that process first, since two gadgets on one "
                            "store could double-sign",
                            path.string(), owner_of(top))};
        std::this_thread::sleep_for(step);
    }
    const auto pid = std::to_string(::getpid());
    const UniqueFd file{::openat(top, lock_name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600)};
    if (!file)
        refuse(path, "write to", "check the card, and that it is not mounted read-only");
    // Only for the message above: on a full disk it stays empty.
    [[maybe_unused]] const auto put = ::write(file.get(), pid.data(), pid.size());
}

}  // namespace

Directory::Directory(fs::path path, std::chrono::milliseconds wait) : path_{std::move(path)} {
    if (::mkdir(path_.c_str(), 0700) != 0 && errno != EEXIST)
        refuse(path_, "create", "create its parent directory for this user, or set another store");
    directory_.reset(::open(path_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!directory_)
        refuse(path_, "open", "check its owner and its mode, or set another store");
    struct stat found {};
    checked(::fstat(directory_.get(), &found), "stat", path_);
    refuse_strangers(path_, found);
    take_lock(directory_.get(), path_, wait);
    for (const auto* folder : {keys_folder, marks_folder})
        if (::mkdirat(directory_.get(), folder, 0700) != 0 && errno != EEXIST)
            checked(-1, "mkdir", path_ / folder);
    inspect(path_, path_, 1);
    sync_names();
}

/// A process that was killed between a change of names and the sync of the folder leaves them in the page cache only.
void Directory::sync_names() const {
    for (const auto* folder : {".", keys_folder, marks_folder, ".."}) {
        const auto error = sync_folder(directory_.get(), folder);
        // ".." has the name of the store itself. A parent that this user cannot read, or whose file system has nothing
        // to sync, is not one in which a store was just created.
        const bool is_strange = folder == std::string_view{".."} &&
                                (error == std::errc::permission_denied || error == std::errc::invalid_argument ||
                                 error == std::errc::read_only_file_system);
        if (!error || is_strange)
            continue;
        errno = error.value();
        refuse(path_, "sync", "check the card");
    }
}

std::string Directory::path(const std::string& name) const {
    return (path_ / name).string();
}

std::error_code Directory::list(const std::string& folder, std::vector<std::string>& names) {
    names.clear();
    std::error_code error;
    for (fs::directory_iterator at{path_ / folder, error}, end; !error && at != end; at.increment(error))
        if (at->is_regular_file() && at->path().extension() != unfinished)
            names.push_back(at->path().filename().string());
    std::sort(names.begin(), names.end());
    return error;
}

std::error_code Directory::read(const std::string& name, Bytes& into) {
    const UniqueFd file{::openat(directory_.get(), name.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW)};
    if (!file)
        return last_error();
    struct stat found {};
    if (::fstat(file.get(), &found) != 0)
        return last_error();
    if (static_cast<std::uint64_t>(found.st_size) > largest_file)
        return std::make_error_code(std::errc::file_too_large);
    into.resize(static_cast<std::size_t>(found.st_size));
    std::size_t got = 0;
    const auto error = read_all(file.get(), into, 0, got);
    into.resize(got);
    return error;
}

std::error_code Directory::replace(const std::string& name, ByteView bytes) {
    const auto temporary = name + std::string{unfinished};
    const auto top = directory_.get();
    const auto failed = [&] {
        const auto error = last_error();
        ::unlinkat(top, temporary.c_str(), 0);
        return error;
    };
    UniqueFd file{
        ::openat(top, temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, S_IRUSR | S_IWUSR)};
    if (!file)
        return last_error();
    if (const auto error = write_all(file.get(), bytes, 0)) {
        errno = error.value();
        return failed();
    }
    // Sync the bytes before the rename, else a power cut could leave the name on an empty file; sync the folder last.
    if (::fsync(file.get()) != 0)
        return failed();
    file.reset();
    if (::renameat(top, temporary.c_str(), top, name.c_str()) != 0)
        return failed();
    return sync_folder(top, folder_of(name));
}

std::error_code Directory::remove(const std::string& name) {
    const auto removed = ::unlinkat(directory_.get(), name.c_str(), 0) == 0 ? std::error_code{} : last_error();
    if (removed && removed != std::errc::no_such_file_or_directory)
        return removed;
    // Also when it is absent: the sync of an earlier removal may have failed.
    const auto error = sync_folder(directory_.get(), folder_of(name));
    return error ? error : removed;
}

std::unique_ptr<PlacedFile> Directory::open(const std::string& name, std::error_code& error) {
    // The name too: the sync of the replace() that made it may have failed.
    if (error = sync_folder(directory_.get(), folder_of(name)); error)
        return nullptr;
    UniqueFd file{::openat(directory_.get(), name.c_str(), O_RDWR | O_DSYNC | O_CLOEXEC | O_NOFOLLOW)};
    error = file ? std::error_code{} : last_error();
    return file ? std::make_unique<RealFile>(std::move(file)) : nullptr;
}

}  // namespace revenant::gadget::keystore
