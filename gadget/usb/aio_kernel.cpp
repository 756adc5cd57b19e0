#include "gadget/usb/aio_kernel.hpp"

#include <cerrno>
#include <stdexcept>

#include <fmt/format.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace revenant::gadget {
namespace {

/// Direct system calls: libaio would add only wrappers.
class LinuxAio final : public AioKernel {
public:
    explicit LinuxAio(unsigned operations) {
        if (::syscall(SYS_io_setup, operations, &context_) != 0)
            throw std::runtime_error{
                fmt::format("cannot set up kernel AIO (io_setup: {}): the usb bus needs a kernel with CONFIG_AIO; "
                            "raise fs.aio-max-nr if it is exhausted",
                            from_errno(errno).message())};
    }
    ~LinuxAio() override { ::syscall(SYS_io_destroy, context_); }

    error_code submit(iocb& operation) override {
        iocb* const list[] = {&operation};
        return ::syscall(SYS_io_submit, context_, 1L, list) == 1 ? error_code{} : from_errno(errno);
    }

    void cancel(iocb& operation) override {
        io_event unused;
        ::syscall(SYS_io_cancel, context_, &operation, &unused);  // EINPROGRESS is success, EINVAL: already ended
    }

    std::size_t reap(std::span<io_event> into) override {
        timespec at_once{};
        for (;;) {
            const auto count =
                ::syscall(SYS_io_getevents, context_, 0L, static_cast<long>(into.size()), into.data(), &at_once);
            if (count >= 0)
                return static_cast<std::size_t>(count);
            if (errno != EINTR)  // other errors: the eventfd does not signal again for pending events
                return 0;
        }
    }

private:
    aio_context_t context_ = 0;
};

}  // namespace

std::unique_ptr<AioKernel> make_aio_kernel(unsigned operations) {
    return std::make_unique<LinuxAio>(operations);
}

}  // namespace revenant::gadget
