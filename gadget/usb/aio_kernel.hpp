#pragma once

#include <cstddef>
#include <memory>
#include <span>

#include <linux/aio_abi.h>

#include "common/async/asio.hpp"

namespace revenant::gadget {

/// The kernel AIO calls; tests substitute their own. The destructor ends every operation: after it nothing reads or
/// writes their buffers. One thread.
class AioKernel {
public:
    AioKernel() = default;
    AioKernel(const AioKernel&) = delete;
    AioKernel& operator=(const AioKernel&) = delete;
    virtual ~AioKernel() = default;

    /// Submits an operation; its completion is an event. On error it was not submitted, and there is no event.
    virtual error_code submit(iocb& operation) = 0;
    /// Requests cancellation. The operation's event arrives in any case, whatever the kernel returns.
    virtual void cancel(iocb& operation) = 0;
    /// Takes pending events, oldest first; returns their number.
    virtual std::size_t reap(std::span<io_event> into) = 0;
};

/// The Linux implementation for up to `operations` at a time. Throws std::runtime_error with a message for the
/// operator.
std::unique_ptr<AioKernel> make_aio_kernel(unsigned operations);

}  // namespace revenant::gadget
