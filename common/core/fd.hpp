#pragma once

#include <filesystem>
#include <utility>

#include <unistd.h>

namespace revenant {

/// Sole owner of a file descriptor.
class UniqueFd {
public:
    UniqueFd() = default;
    explicit UniqueFd(int fd) noexcept : fd_{fd} {}
    UniqueFd(UniqueFd&& other) noexcept : fd_{other.release()} {}
    UniqueFd& operator=(UniqueFd&& other) noexcept {
        reset(other.release());
        return *this;
    }
    ~UniqueFd() { reset(); }

    [[nodiscard]] int get() const noexcept { return fd_; }
    [[nodiscard]] int release() noexcept { return std::exchange(fd_, -1); }
    explicit operator bool() const noexcept { return fd_ >= 0; }
    void reset(int fd = -1) noexcept {
        const int old = std::exchange(fd_, fd);
        if (old >= 0)
            ::close(old);  // no retry: on Linux the descriptor is released even after EINTR
    }

private:
    int fd_ = -1;
};

/// Returns `result` of a system call. Throws std::system_error naming `call` and `object` if it is negative.
int checked(int result, const char* call, const std::filesystem::path& object = {});

/// Opens close-on-exec; throws std::system_error naming the path.
UniqueFd open_file(const std::filesystem::path& path, int flags, mode_t mode = 0);

}  // namespace revenant
