#include "gadget/disk/clock.hpp"

#include <array>

#include <fcntl.h>
#include <time.h>
#include <unistd.h>

#include "common/core/fd.hpp"

namespace revenant::gadget::keystore {
namespace {

std::chrono::milliseconds read_clock(clockid_t clock) {
    timespec now{};
    checked(::clock_gettime(clock, &now), "clock_gettime");
    return std::chrono::milliseconds{std::int64_t{now.tv_sec} * 1000 + now.tv_nsec / 1'000'000};
}

}  // namespace

Boottime boottime_now() {
    return read_clock(CLOCK_BOOTTIME);
}

Uptime uptime_now() {
    return read_clock(CLOCK_MONOTONIC);
}

std::string read_boot_id() {
    constexpr auto path = "/proc/sys/kernel/random/boot_id";
    const auto file = open_file(path, O_RDONLY);
    std::array<char, 36> text{};  // a UUID; a line feed follows
    const auto got = checked(static_cast<int>(::read(file.get(), text.data(), text.size())), "read", path);
    return {text.data(), static_cast<std::size_t>(got)};
}

}  // namespace revenant::gadget::keystore
