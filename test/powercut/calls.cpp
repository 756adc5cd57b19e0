// The calls of the C library that a store makes. This program defines them, so that the real Directory acts on the card
// of a Machine; all others go on to the C library. A call that is missing here fails on the machine's paths, and a test
// reports it.
#include <algorithm>
#include <cerrno>
#include <cstdarg>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "test/powercut/machine.hpp"

namespace {

using revenant::powercut::Machine;

template <typename Function>
Function* real(const char* name) {
    return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
}

Machine* machine_of(int descriptor) {
    auto* const machine = Machine::current();
    return machine != nullptr && machine->owns(descriptor) ? machine : nullptr;
}

/// Null: the path is not on a card. Else `full` is the absolute path.
Machine* machine_of(int folder, const char* path, std::string& full) {
    auto* const machine = Machine::current();
    if (machine == nullptr || (path[0] != '/' && !machine->owns(folder)))
        return nullptr;
    full = machine->path_at(folder, path);
    return full == Machine::top || full.starts_with(std::string{Machine::top} + '/') ? machine : nullptr;
}

/// A listing in progress, behind the C library's opaque pointer.
struct Listing {
    int folder;
    std::vector<dirent> entries;
    std::size_t next = 0;
};
std::vector<std::unique_ptr<Listing>> listings;

auto find_listing(DIR* directory) {
    return std::find_if(listings.begin(), listings.end(),
                        [=](const auto& listing) { return reinterpret_cast<DIR*>(listing.get()) == directory; });
}

}  // namespace

extern "C" {

/// The lock file has it: a run with the same seed is the same.
pid_t getpid() noexcept {
    return 1000;
}

int openat(int folder, const char* path, int flags, ...) {
    static auto* const next = real<int(int, const char*, int, ...)>("openat");
    mode_t mode = 0;
    if ((flags & O_CREAT) != 0) {
        va_list more;
        va_start(more, flags);
        mode = va_arg(more, mode_t);
        va_end(more);
    }
    std::string full;
    auto* const machine = machine_of(folder, path, full);
    return machine != nullptr ? machine->open(full, flags) : next(folder, path, flags, mode);
}

int open(const char* path, int flags, ...) {
    mode_t mode = 0;
    if ((flags & O_CREAT) != 0) {
        va_list more;
        va_start(more, flags);
        mode = va_arg(more, mode_t);
        va_end(more);
    }
    return openat(AT_FDCWD, path, flags, mode);
}

int close(int descriptor) {
    static auto* const next = real<int(int)>("close");
    auto* const machine = machine_of(descriptor);
    return machine != nullptr ? machine->close(descriptor) : next(descriptor);
}

ssize_t read(int descriptor, void* into, size_t size) {
    static auto* const next = real<ssize_t(int, void*, size_t)>("read");
    auto* const machine = machine_of(descriptor);
    return machine != nullptr ? machine->read(descriptor, into, size, {}) : next(descriptor, into, size);
}

ssize_t pread(int descriptor, void* into, size_t size, off_t offset) {
    static auto* const next = real<ssize_t(int, void*, size_t, off_t)>("pread");
    auto* const machine = machine_of(descriptor);
    return machine != nullptr ? machine->read(descriptor, into, size, offset) : next(descriptor, into, size, offset);
}

ssize_t write(int descriptor, const void* bytes, size_t size) {
    static auto* const next = real<ssize_t(int, const void*, size_t)>("write");
    auto* const machine = machine_of(descriptor);
    return machine != nullptr ? machine->write(descriptor, bytes, size, {}) : next(descriptor, bytes, size);
}

ssize_t pwrite(int descriptor, const void* bytes, size_t size, off_t offset) {
    static auto* const next = real<ssize_t(int, const void*, size_t, off_t)>("pwrite");
    auto* const machine = machine_of(descriptor);
    return machine != nullptr ? machine->write(descriptor, bytes, size, offset) : next(descriptor, bytes, size, offset);
}

int ftruncate(int descriptor, off_t size) noexcept {
    static auto* const next = real<int(int, off_t)>("ftruncate");
    auto* const machine = machine_of(descriptor);
    return machine != nullptr ? machine->truncate(descriptor, size) : next(descriptor, size);
}

int fsync(int descriptor) {
    static auto* const next = real<int(int)>("fsync");
    auto* const machine = machine_of(descriptor);
    return machine != nullptr ? machine->sync(descriptor) : next(descriptor);
}

int fdatasync(int descriptor) {
    static auto* const next = real<int(int)>("fdatasync");
    auto* const machine = machine_of(descriptor);
    return machine != nullptr ? machine->sync(descriptor) : next(descriptor);
}

int flock(int descriptor, int operation) noexcept {
    static auto* const next = real<int(int, int)>("flock");
    return machine_of(descriptor) != nullptr ? 0 : next(descriptor, operation);
}

int fstat(int descriptor, struct stat* into) noexcept {
    static auto* const next = real<int(int, struct stat*)>("fstat");
    auto* const machine = machine_of(descriptor);
    return machine != nullptr ? machine->stat(descriptor, *into) : next(descriptor, into);
}

int lstat(const char* path, struct stat* into) noexcept {
    static auto* const next = real<int(const char*, struct stat*)>("lstat");
    std::string full;
    auto* const machine = machine_of(AT_FDCWD, path, full);
    return machine != nullptr ? machine->stat(full, *into) : next(path, into);
}

int mkdirat(int folder, const char* path, mode_t mode) noexcept {
    static auto* const next = real<int(int, const char*, mode_t)>("mkdirat");
    std::string full;
    auto* const machine = machine_of(folder, path, full);
    return machine != nullptr ? machine->make_folder(full) : next(folder, path, mode);
}

int mkdir(const char* path, mode_t mode) noexcept {
    return mkdirat(AT_FDCWD, path, mode);
}

int renameat(int from_folder, const char* from, int to_folder, const char* to) noexcept {
    static auto* const next = real<int(int, const char*, int, const char*)>("renameat");
    std::string old_path;
    std::string new_path;
    auto* const machine = machine_of(from_folder, from, old_path);
    return machine != nullptr && machine_of(to_folder, to, new_path) == machine
               ? machine->rename(old_path, new_path)
               : next(from_folder, from, to_folder, to);
}

int linkat(int from_folder, const char* from, int to_folder, const char* to, int flags) noexcept {
    static auto* const next = real<int(int, const char*, int, const char*, int)>("linkat");
    std::string old_path;
    std::string new_path;
    auto* const machine = machine_of(from_folder, from, old_path);
    return machine != nullptr && machine_of(to_folder, to, new_path) == machine
               ? machine->link(old_path, new_path)
               : next(from_folder, from, to_folder, to, flags);
}

int unlinkat(int folder, const char* path, int flags) noexcept {
    static auto* const next = real<int(int, const char*, int)>("unlinkat");
    std::string full;
    auto* const machine = machine_of(folder, path, full);
    if (machine != nullptr && flags != 0) {
        errno = EINVAL;  // the store removes no folder
        return -1;
    }
    return machine != nullptr ? machine->remove(full) : next(folder, path, flags);
}

int remove(const char* path) noexcept {
    static auto* const next = real<int(const char*)>("remove");
    std::string full;
    auto* const machine = machine_of(AT_FDCWD, path, full);
    return machine != nullptr ? machine->remove(full) : next(path);
}

DIR* fdopendir(int descriptor) {
    static auto* const next = real<DIR*(int)>("fdopendir");
    auto* const machine = machine_of(descriptor);
    if (machine == nullptr)
        return next(descriptor);
    auto& listing = *listings.emplace_back(std::make_unique<Listing>(Listing{descriptor, {}}));
    for (const auto& name : machine->names_in(descriptor)) {
        auto& entry = listing.entries.emplace_back();
        entry.d_type = DT_UNKNOWN;
        name.copy(entry.d_name, sizeof entry.d_name - 1);
        struct stat found {};
        machine->stat(machine->path_at(descriptor, name), found);
        entry.d_type = S_ISDIR(found.st_mode) ? DT_DIR : DT_REG;
    }
    return reinterpret_cast<DIR*>(&listing);
}

dirent* readdir(DIR* directory) {
    static auto* const next = real<dirent*(DIR*)>("readdir");
    const auto found = find_listing(directory);
    if (found == listings.end())
        return next(directory);
    auto& listing = **found;
    return listing.next < listing.entries.size() ? &listing.entries[listing.next++] : nullptr;
}

int closedir(DIR* directory) {
    static auto* const next = real<int(DIR*)>("closedir");
    const auto found = find_listing(directory);
    if (found == listings.end())
        return next(directory);
    close((*found)->folder);
    listings.erase(found);
    return 0;
}

int dirfd(DIR* directory) noexcept {
    static auto* const next = real<int(DIR*)>("dirfd");
    const auto found = find_listing(directory);
    return found == listings.end() ? next(directory) : (*found)->folder;
}

}  // extern "C"
