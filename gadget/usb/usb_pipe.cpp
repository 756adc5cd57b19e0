#include "gadget/usb/usb_pipe.hpp"

#include <algorithm>
#include <cerrno>

#include "gadget/session/error_class.hpp"

namespace revenant::gadget {
namespace {

constexpr int max_tries = 100;  // one second in total

/// Sets a flag for the lifetime of the transfer's coroutine.
class [[nodiscard]] Underway {
public:
    explicit Underway(bool& flag) : flag_{flag} { flag_ = true; }
    Underway(const Underway&) = delete;
    Underway& operator=(const Underway&) = delete;
    ~Underway() { flag_ = false; }

private:
    bool& flag_;
};

}  // namespace

UsbPipe::UsbPipe(const asio::any_io_executor& executor, Aio& aio, const Files& files, const AskMaxPacket& ask,
                 std::function<void()> parked)
    : aio_{aio},
      in_{files.in, EndpointFile::Direction::in, ask},
      out_{files.out, EndpointFile::Direction::out, ask},
      parked_{std::move(parked)},
      news_{executor} {}

void UsbPipe::enabled() {
    open();
    read_policy_.enabled();
    news_.notify();
}

void UsbPipe::retry() {
    open();
    read_policy_.retry();
    news_.notify();
}

void UsbPipe::reopen() {
    in_.close();  // a write in progress continues: the kernel holds a reference to the file
    out_.close();
    retry();
}

/// Prepares both files, so that errors of both are logged; a file that fails is tried again when needed.
void UsbPipe::open() {
    for (auto* file : {&in_, &out_}) {
        file->forget_max_packet();
        file->prepare();
    }
}

awaitable<std::pair<error_code, std::size_t>> UsbPipe::read(asio::mutable_buffer into) {
    const Underway underway{reading_};
    for (;; ++rearms_) {
        co_await news_.wait_until([this] { return !read_policy_.parked(); });
        read_policy_.submitted();
        const auto [failed, size] = co_await receive(into);
        switch (read_policy_.ended(failed)) {
            case ReadRetryPolicy::Next::deliver:
            case ReadRetryPolicy::Next::give_back:
                co_return std::pair{failed, size};
            case ReadRetryPolicy::Next::submit:
                break;
            case ReadRetryPolicy::Next::back_off:
                parked_();
                co_await pause();
                break;
            case ReadRetryPolicy::Next::park:
                parked_();
                break;
        }
    }
}

/// Reads one packet: a read ends at a short packet or a full buffer, so with room for exactly one packet nothing is
/// held back and nothing half-filled is lost.
awaitable<std::pair<error_code, std::size_t>> UsbPipe::receive(asio::mutable_buffer into) {
    if (const auto failed = out_.prepare())
        co_return std::pair{failed, std::size_t{0}};
    const auto [failed, packet] = co_await aio_.read(out_.fd(), std::min(out_.max_packet(), into.size()));
    if (failed)
        out_.forget_max_packet();
    co_return std::pair{failed, asio::buffer_copy(into, asio::buffer(packet))};
}

/// Ends early at an enable.
awaitable<void> UsbPipe::pause() {
    const auto enabled = [this] { return !read_policy_.parked(); };
    const bool ended = co_await news_.wait_until(enabled, Clock::now() + ReadRetryPolicy::pause);
    if (!ended)
        read_policy_.retry();
}

awaitable<error_code> UsbPipe::write(ByteView frame) {
    if (frame.empty())
        co_return error_code{};
    const Underway underway{writing_};
    if (const auto failed = in_.prepare())
        co_return in_.is_open() ? failed : from_errno(EAGAIN);  // the file may still appear
    const auto packet = in_.max_packet();
    const auto [failed, size] = co_await aio_.write(in_.fd(), frame);
    if (failed) {
        in_.forget_max_packet();
        co_return failed;
    }
    if (size != frame.size())
        co_return from_errno(ECANCELED);
    if (size % packet != 0)
        co_return error_code{};
    co_return co_await finish_frame();
}

/// Sends the zero-length packet that ends the host's read. The frame has already been sent: repeating all of it would
/// send it twice, so only this packet is retried.
awaitable<error_code> UsbPipe::finish_frame() {
    for (int tries = 0; tries < max_tries; ++tries) {
        const auto [failed, nothing] = co_await aio_.write(in_.fd(), ByteView{});
        if (!failed)
            co_return error_code{};
        if (classify_error(failed) != ErrorClass::retry)
            break;
        co_await sleep_for(ReadRetryPolicy::pause);
    }
    co_return from_errno(ECANCELED);
}

const char* UsbPipe::out_state() const {
    if (!out_.is_open())
        return "closed";
    if (!reading_)
        return "idle";
    return read_policy_.parked() ? "parked" : "armed";
}

const char* UsbPipe::in_state() const {
    if (!in_.is_open())
        return "closed";
    return writing_ ? "writing" : "idle";
}

}  // namespace revenant::gadget
