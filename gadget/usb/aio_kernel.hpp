#pragma once

#include <cstddef>
#include <memory>
#include <span>

#include <linux/aio_abi.h>

#include "common/async/asio.hpp"

namespace revenant::gadget {

/// What kernel AIO needs of the kernel; a test puts another in its place. Destroying it ends every operation: after
/// that nothing reads or writes their buffers. One thread.
class AioKernel {
public:
    AioKernel() = default;
    AioKernel(const AioKernel&) = delete;
    AioKernel& operator=(const AioKernel&) = delete;
    virtual ~AioKernel() = default;

    /// Begins an operation; its end is an event. An error: it was not begun, and there is no event.
    virtual error_code submit(iocb& operation) = 0;
    /// Asks for the end of an operation. Its event comes all the same, whatever the kernel answers.
    virtual void cancel(iocb& operation) = 0;
    /// Takes events that are there, oldest first; how many.
    virtual std::size_t reap(std::span<io_event> into) = 0;
};

/// The real one, for so many operations at a time. Throws std::runtime_error with a sentence for a person.
std::unique_ptr<AioKernel> make_aio_kernel(unsigned operations);

}  // namespace revenant::gadget
