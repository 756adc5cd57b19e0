// Preloaded into a program under test: injects disk faults. The variable TEST_DISK names a control file. While a test
// holds an exclusive flock on it, all writes block. Its contents select the fault: "full" (no file can be created or
// grow), "read-only" (nothing can be changed), or "slow 20 200 20" (a sync takes 20 ms, every 20th 200 ms, and adds a
// byte to the file TEST_DISK.syncs). Only paths that start with TEST_DISK_BELOW are affected.
#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include <dlfcn.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace {

enum class Fault { none, full, read_only };

template <typename Function>
Function* real(const char* name) {
    return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
}

/// "slow EACH TAIL EVERY".
void sleep_as_told(const char* text) {
    unsigned each = 0, tail = 0, every = 0;
    if (std::sscanf(text, "slow %u %u %u", &each, &tail, &every) != 3)
        return;
    static std::atomic<unsigned> syncs{0};
    const unsigned pause = every > 0 && ++syncs % every == 0 ? tail : each;
    ::usleep(pause * 1000);
    char path[4096];
    std::snprintf(path, sizeof path, "%s.syncs", std::getenv("TEST_DISK"));
    const int counter = ::open(path, O_WRONLY | O_APPEND | O_CLOEXEC);
    if (counter >= 0 && ::write(counter, "x", 1) == 1)
        ::close(counter);
}

/// Waits while a test holds the lock, and for a slow sync; then returns the fault.
Fault fault(bool is_sync) {
    const char* const path = std::getenv("TEST_DISK");
    const int file = path != nullptr ? ::open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY) : -1;
    if (file < 0)
        return Fault::none;
    while (::flock(file, LOCK_SH) != 0 && errno == EINTR) {
    }
    char text[64] = {};
    const auto size = ::read(file, text, sizeof text - 1);
    ::close(file);
    if (is_sync)
        sleep_as_told(text);
    if (size > 0 && std::strcmp(text, "full") == 0)
        return Fault::full;
    return size > 0 && std::strcmp(text, "read-only") == 0 ? Fault::read_only : Fault::none;
}

bool concerned(int descriptor) {
    const char* const below = std::getenv("TEST_DISK_BELOW");
    char link[64];
    std::snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    char path[4096];
    const auto size = ::readlink(link, path, sizeof path);
    const auto length = below != nullptr ? std::strlen(below) : 0;
    return length > 0 && size >= static_cast<ssize_t>(length) && std::memcmp(path, below, length) == 0;
}

int fail(int error) {
    errno = error;
    return -1;
}

/// Returns -1 and sets errno if a write of `size` bytes at `offset` must fail.
int before_write(int descriptor, size_t size, off_t offset) {
    if (!concerned(descriptor))
        return 0;
    struct stat now {};
    switch (fault((::fcntl(descriptor, F_GETFL) & O_DSYNC) != 0)) {
        case Fault::none:
            return 0;
        case Fault::read_only:
            return fail(EROFS);
        case Fault::full:
            ::fstat(descriptor, &now);
            return offset + static_cast<off_t>(size) > now.st_size ? fail(ENOSPC) : 0;
    }
    return 0;
}

/// The same for a directory change. `takes_room`: it needs space (removing does not).
int before_change(int directory, bool takes_room) {
    if (!concerned(directory))
        return 0;
    const auto now = fault(false);
    if (now == Fault::read_only)
        return fail(EROFS);
    return now == Fault::full && takes_room ? fail(ENOSPC) : 0;
}

}  // namespace

extern "C" {

ssize_t pwrite(int descriptor, const void* bytes, size_t size, off_t offset) {
    static auto* const next = real<ssize_t(int, const void*, size_t, off_t)>("pwrite");
    return before_write(descriptor, size, offset) != 0 ? -1 : next(descriptor, bytes, size, offset);
}

int fsync(int descriptor) {
    static auto* const next = real<int(int)>("fsync");
    return concerned(descriptor) && fault(true) == Fault::read_only ? fail(EROFS) : next(descriptor);
}

int openat(int directory, const char* path, int flags, ...) {
    static auto* const next = real<int(int, const char*, int, ...)>("openat");
    mode_t mode = 0;
    if ((flags & O_CREAT) != 0) {
        __builtin_va_list more;
        __builtin_va_start(more, flags);
        mode = __builtin_va_arg(more, mode_t);
        __builtin_va_end(more);
    }
    const bool writes = (flags & O_ACCMODE) != O_RDONLY;
    const bool creates = (flags & O_CREAT) != 0 && ::faccessat(directory, path, F_OK, 0) != 0;
    if (writes && before_change(directory, creates) != 0)
        return -1;
    return next(directory, path, flags, mode);
}

int renameat(int from_directory, const char* from, int to_directory, const char* to) noexcept {
    static auto* const next = real<int(int, const char*, int, const char*)>("renameat");
    return before_change(from_directory, false) != 0 ? -1 : next(from_directory, from, to_directory, to);
}

int unlinkat(int directory, const char* path, int flags) noexcept {
    static auto* const next = real<int(int, const char*, int)>("unlinkat");
    return before_change(directory, false) != 0 ? -1 : next(directory, path, flags);
}

}  // extern "C"
