#include <array>
#include <cerrno>
#include <cstring>
#include <stdexcept>

#include <fmt/format.h>
#include <linux/usb/ch9.h>

#include "common/core/log.hpp"
#include "registrar/ep0/descriptors.hpp"
#include "registrar/ep0/ep0.hpp"
#include "registrar/ep0/syscall_watchdog.hpp"

namespace revenant::registrar {
namespace {

constexpr std::chrono::milliseconds max_call{500};
constexpr int queue_length = 16;  // the kernel queues 4 events; bounded in case a host keeps sending

[[noreturn]] void refuse(const char* what, ssize_t error) {
    throw std::runtime_error{fmt::format("ep0 {}: {}: run `revenant-registrar setup`, and see the kernel log", what,
                                         std::strerror(static_cast<int>(-error)))};
}

void give(Ep0File& file, const std::vector<std::uint8_t>& bytes, const char* what) {
    const auto size = file.write(bytes);
    if (size != static_cast<ssize_t>(bytes.size()))
        refuse(what, size < 0 ? size : -EIO);
}

}  // namespace

void stall(Ep0File& file, const Setup& setup) {
    if ((setup[0] & USB_DIR_IN) != 0)
        file.read({});
    else
        file.write({});
}

TakeOver take_over(Ep0File& file) {
    TakeOver found;
    SyscallWatchdog watchdog;  // a request left unanswered can block a call on an absent host
    watchdog.arm(max_call, max_call);
    for (int count = 0; count < queue_length; ++count) {
        std::array<std::uint8_t, ep0_event_size> bytes{};
        const auto size = file.read(bytes);
        if (size == -EBADFD) {
            give(file, function_descriptors(), "rejects the descriptors");
            give(file, function_strings(), "rejects the strings");
            return {};
        }
        found.adopted = true;
        if (size == -EAGAIN)
            break;
        if (size == -EOVERFLOW || size == -EINTR) {
            file.write({});  // stalls a request with data that the predecessor had read
        } else if (size == -EL2HLT || size == -EIDRM) {
            continue;  // this read stalled a request, or one was cancelled
        } else if (size < 0) {
            refuse("cannot be read", size);
        } else if (const auto event = parse_event(std::span{bytes}.first(static_cast<std::size_t>(size)))) {
            if (event->kind == FUNCTIONFS_SETUP)
                stall(file, event->setup);  // its host has usually given up
            found.news = merged(found.news, news_of(event->kind));
        }
    }
    log::info("ep0 is active: adopted, since other processes hold its endpoints");
    return found;
}

}  // namespace revenant::registrar
