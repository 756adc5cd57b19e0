#include "monitor/zmq/pump.hpp"

#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/parallel_group.hpp>

namespace revenant::monitor {

ZmqPump::ZmqPump(const asio::any_io_executor& executor, ZmqSocket socket)
    : socket_{std::move(socket)}, mailbox_{executor, socket_.descriptor()}, timer_{executor} {}

ZmqPump::~ZmqPump() {
    mailbox_.release();  // libzmq owns it: if Asio closed it, libzmq would abort, or the number could be reused
}

/// Waits until the socket's state may have changed, or until the deadline.
awaitable<void> ZmqPump::stirred(Moment deadline) {
    timer_.expires_at(deadline);
    co_await asio::experimental::make_parallel_group(
        mailbox_.async_wait(asio::posix::stream_descriptor::wait_read, asio::deferred),
        timer_.async_wait(asio::deferred))
        .async_wait(asio::experimental::wait_for_one{}, use_awaitable);
}

void ZmqPump::give_up() {
    given_up_ = true;
    timer_.cancel();
}

// Both try once more after the deadline: a message that arrived while the loop was busy is not late.

awaitable<bool> ZmqPump::send(Frames frames, Moment deadline) {
    for (;;) {
        const bool in_time = !given_up_ && Clock::now() < deadline;
        if (socket_.send(frames))
            co_return true;
        if (!in_time)
            co_return false;
        co_await stirred(deadline);
    }
}

awaitable<std::optional<Frames>> ZmqPump::receive(Moment deadline) {
    for (;;) {
        const bool in_time = !given_up_ && Clock::now() < deadline;
        auto frames = socket_.receive();
        if (frames || !in_time)
            co_return frames;
        co_await stirred(deadline);
    }
}

}  // namespace revenant::monitor
