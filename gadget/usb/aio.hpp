#pragma once

#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

#include <boost/asio/posix/stream_descriptor.hpp>

#include "common/core/bytes.hpp"
#include "gadget/usb/aio_kernel.hpp"

namespace revenant::gadget {

/// Transfers on FunctionFS endpoint files, which epoll does not support: kernel AIO with an eventfd that the event loop
/// watches while operations are in flight. The files must be O_NONBLOCK and must never be given to Asio. Event loop
/// thread only.
class Aio {
public:
    static constexpr unsigned capacity = 16;  ///< maximum number of operations in flight

    /// Throws std::system_error when no descriptor is available. `kernel` must support at least `capacity` operations.
    Aio(const asio::any_io_executor& executor, std::unique_ptr<AioKernel> kernel);
    Aio(const Aio&) = delete;
    Aio& operator=(const Aio&) = delete;
    /// Ends all operations, then frees their buffers; pending callers get ECANCELED.
    ~Aio();

    /// Both complete when the kernel has released the operation, also when cancelled: the error is then
    /// operation_aborted, or none when the transfer finished first. ENOBUFS: more than `capacity` operations. Under
    /// `||` with a timer, the losing branch's packet is discarded with its result: store it inside the branch itself.
    /// The buffer used by the kernel stays valid whatever happens to the coroutine, and is wiped.
    awaitable<std::pair<error_code, Bytes>> read(int fd, std::size_t size);
    /// Completes with the number of bytes transferred. `bytes` are copied; an empty span is a zero-length transfer.
    awaitable<std::pair<error_code, std::size_t>> write(int fd, ByteView bytes);

    /// Number of operations held by the kernel.
    [[nodiscard]] std::size_t in_flight() const { return in_flight_.size(); }

private:
    struct Operation;
    using Shared = std::shared_ptr<Operation>;  // owned by its coroutine, and by Aio while the kernel holds it

    [[nodiscard]] Shared prepare(int fd, std::uint16_t command, Bytes buffer);
    awaitable<void> perform(Shared operation);
    void listen();
    void reap();

    asio::any_io_executor executor_;
    std::vector<Shared> in_flight_;
    std::unique_ptr<AioKernel> kernel_;
    asio::posix::stream_descriptor bell_;
    bool listening_ = false;
    std::shared_ptr<void> here_ =
        std::make_shared<int>();  // for the bell's handler, which may run after this object is destroyed
};

}  // namespace revenant::gadget
