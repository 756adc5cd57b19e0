#pragma once

#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

#include <boost/asio/posix/stream_descriptor.hpp>

#include "common/core/bytes.hpp"
#include "gadget/usb/aio_kernel.hpp"

namespace revenant::gadget {

/// Transfers over files that epoll does not know, the endpoints of FunctionFS: kernel AIO whose eventfd the loop
/// watches while something is under way. The files must be O_NONBLOCK, and never be given to Asio. The loop's thread.
class Aio {
public:
    static constexpr unsigned capacity = 16;  ///< operations at a time

    /// Throws std::system_error without descriptors. `kernel` is for `capacity` operations at least.
    Aio(const asio::any_io_executor& executor, std::unique_ptr<AioKernel> kernel);
    Aio(const Aio&) = delete;
    Aio& operator=(const Aio&) = delete;
    /// Ends what is under way, then gives its buffers back; whoever still waits gets ECANCELED.
    ~Aio();

    /// Both complete when the kernel has let go of the operation, also when they are cancelled: the error is then
    /// operation_aborted, or there is none when the transfer came to its end first. ENOBUFS: too many at a time.
    /// Under `||` with a timer, the loser's packet goes with its branch: let the branch itself keep it.
    /// Whatever becomes of the coroutine, the buffer that the kernel uses lives long enough, and is wiped.
    awaitable<std::pair<error_code, Bytes>> read(int fd, std::size_t size);
    /// Completes with the number of bytes that were taken. `bytes` are copied; none is an empty transfer.
    awaitable<std::pair<error_code, std::size_t>> write(int fd, ByteView bytes);

    /// Operations that the kernel holds.
    [[nodiscard]] std::size_t in_flight() const { return in_flight_.size(); }

private:
    struct Operation;
    using Shared = std::shared_ptr<Operation>;  // by its coroutine, and by us while the kernel holds it

    [[nodiscard]] Shared prepare(int fd, std::uint16_t command, Bytes buffer);
    awaitable<void> perform(Shared operation);
    void listen();
    void reap();

    asio::any_io_executor executor_;
    std::vector<Shared> in_flight_;
    std::unique_ptr<AioKernel> kernel_;
    asio::posix::stream_descriptor bell_;
    bool listening_ = false;
    std::shared_ptr<void> here_ = std::make_shared<int>();  // for the bell's handler: it may run after we are gone
};

}  // namespace revenant::gadget
