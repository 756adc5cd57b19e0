#include "gadget/usb/aio.hpp"

#include <algorithm>
#include <array>
#include <cerrno>

#include <sys/eventfd.h>
#include <unistd.h>

#include "common/async/timer.hpp"
#include "common/core/fd.hpp"

namespace revenant::gadget {
struct Aio::Operation {
    explicit Operation(const asio::any_io_executor& executor) : over{executor, Timer::time_point::max()} {}

    void end(std::int64_t result) {
        done = true;
        if (result >= 0)
            size = static_cast<std::size_t>(result);
        else if (unwanted && result == -ECONNRESET)
            failed = asio::error::operation_aborted;
        else
            failed = from_errno(static_cast<int>(-result));
        over.cancel();
    }

    iocb control{};
    Bytes buffer;
    Timer over;
    bool unwanted = false;
    bool done = false;
    error_code failed;
    std::size_t size = 0;
};

Aio::Aio(const asio::any_io_executor& executor, std::unique_ptr<AioKernel> kernel)
    : executor_{executor},
      kernel_{std::move(kernel)},
      bell_{executor, checked(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), "eventfd")} {
    in_flight_.reserve(capacity);  // push_back after submit must not throw
}

Aio::~Aio() {
    kernel_.reset();  // first: until it is destroyed the kernel may write into the buffers
    for (const auto& operation : in_flight_)
        operation->end(-ECANCELED);
}

awaitable<std::pair<error_code, Bytes>> Aio::read(int fd, std::size_t size) {
    const auto operation = prepare(fd, IOCB_CMD_PREAD, Bytes(size));
    co_await perform(operation);
    operation->buffer.resize(operation->failed ? 0 : operation->size);
    co_return std::pair{operation->failed, std::move(operation->buffer)};
}

awaitable<std::pair<error_code, std::size_t>> Aio::write(int fd, ByteView bytes) {
    const auto operation = prepare(fd, IOCB_CMD_PWRITE, Bytes(bytes.begin(), bytes.end()));
    co_await perform(operation);
    co_return std::pair{operation->failed, operation->size};
}

Aio::Shared Aio::prepare(int fd, std::uint16_t command, Bytes buffer) {
    auto operation = std::make_shared<Operation>(executor_);
    operation->buffer = std::move(buffer);
    auto& control = operation->control;
    control.aio_data = reinterpret_cast<std::uintptr_t>(operation.get());
    control.aio_lio_opcode = command;
    control.aio_fildes = static_cast<std::uint32_t>(fd);
    control.aio_buf = reinterpret_cast<std::uintptr_t>(operation->buffer.data());
    control.aio_nbytes = operation->buffer.size();
    control.aio_flags = IOCB_FLAG_RESFD;
    control.aio_resfd = static_cast<std::uint32_t>(bell_.native_handle());
    return operation;
}

awaitable<void> Aio::perform(Shared operation) {
    if (in_flight_.size() == capacity) {
        operation->failed = from_errno(ENOBUFS);
        co_return;
    }
    operation->failed = kernel_->submit(operation->control);
    if (operation->failed)
        co_return;
    in_flight_.push_back(operation);
    listen();
    co_await operation->over.async_wait(as_tuple(use_awaitable));
    if (operation->done)
        co_return;
    // Cancelled. Ask the kernel to cancel and wait for its event: only then is the endpoint free again.
    const bool throws = co_await asio::this_coro::throw_if_cancelled();
    co_await asio::this_coro::throw_if_cancelled(false);
    operation->unwanted = true;
    kernel_->cancel(operation->control);
    while (!operation->done)
        co_await operation->over.async_wait(
            asio::bind_cancellation_slot(asio::cancellation_slot{}, as_tuple(use_awaitable)));
    co_await asio::this_coro::throw_if_cancelled(throws);
}

/// Waits only while operations are in flight, so that the event loop can end after its last coroutine.
void Aio::listen() {
    if (listening_ || in_flight_.empty())
        return;
    listening_ = true;
    bell_.async_wait(bell_.wait_read, [this, here = std::weak_ptr{here_}](error_code failed) {
        if (failed || here.expired())
            return;
        listening_ = false;
        reap();
        listen();
    });
}

void Aio::reap() {
    std::uint64_t rings = 0;
    [[maybe_unused]] const auto read = ::read(bell_.native_handle(), &rings, sizeof rings);  // before the events
    std::array<io_event, capacity> events;
    for (auto count = kernel_->reap(events); count > 0; count = kernel_->reap(events))
        for (const auto& event : std::span{events}.first(count)) {
            const auto ended = std::find_if(in_flight_.begin(), in_flight_.end(), [&event](const Shared& operation) {
                return reinterpret_cast<std::uintptr_t>(operation.get()) == event.data;
            });
            const auto operation = *ended;
            in_flight_.erase(ended);
            operation->end(event.res);
        }
}

}  // namespace revenant::gadget
