#include "host/link/usb_pipe.hpp"

#include <algorithm>

namespace revenant::host {
namespace {

// A multiple of every wMaxPacketSize, and one kernel block: a transfer of this size is never split.
constexpr std::size_t read_room = 16384;

}  // namespace

UsbPipe::UsbPipe(std::shared_ptr<UsbDevice> device, const UsbInterface& interface)
    : device_{std::move(device)}, interface_{interface}, incoming_{std::make_shared<UsbTransfer>(device_->executor())} {
    incoming_->endpoint = interface_.in;
    incoming_->buffer.resize(read_room);
}

awaitable<std::size_t> UsbPipe::read(std::span<std::uint8_t> into) {
    while (!lost_) {
        if (!posted_ && !post_read())
            break;
        co_await until_ended(*incoming_);
        const auto& came = *incoming_;
        if (taken_ < came.size) {  // also when the transfer failed: these bytes arrived
            const auto size = std::min(into.size(), came.size - taken_);
            const auto begin = came.buffer.begin() + static_cast<std::ptrdiff_t>(taken_);
            std::copy_n(begin, size, into.begin());
            taken_ += size;
            co_return size;
        }
        const bool again = came.result == UsbResult::done ||  // all consumed, or a zero-length packet
                           (came.result == UsbResult::stalled && cleared(interface_.in, cleared_in_));
        posted_ = false;
        lost_ = lost_ || !again;
    }
    co_return 0;
}

bool UsbPipe::post_read() {
    taken_ = 0;
    posted_ = device_->submit(incoming_) == UsbResult::done;
    lost_ = !posted_;
    return posted_;
}

/// Clears the halt of a stalled endpoint, but only once: an endpoint that stalls again is a lost link.
bool UsbPipe::cleared(std::uint8_t endpoint, bool& before) {
    return !std::exchange(before, true) && device_->clear_halt(endpoint) == UsbResult::done;
}

/// The transfer of the last write, unless that was cancelled and has not ended.
UsbTransfer& UsbPipe::free_outgoing() {
    if (!outgoing_ || outgoing_.use_count() > 1)
        outgoing_ = std::make_shared<UsbTransfer>(device_->executor());
    outgoing_->endpoint = interface_.out;
    return *outgoing_;
}

awaitable<bool> UsbPipe::write(ByteView frame) {
    auto& outgoing = free_outgoing();
    outgoing.buffer.assign(frame.begin(), frame.end());
    outgoing.zero_packet = frame.size() % interface_.packet == 0;
    while (!lost_ && device_->submit(outgoing_) == UsbResult::done) {
        const CancelOnExit guard{*device_, outgoing};
        co_await until_ended(outgoing);
        if (outgoing.result == UsbResult::done && outgoing.size == frame.size()) {
            wipe(outgoing.buffer);
            co_return true;
        }
        // Do not retry a partly sent frame: the device would take the retry for the rest of the first one.
        if (outgoing.result != UsbResult::stalled || outgoing.size != 0 || !cleared(interface_.out, cleared_out_))
            break;
    }
    lost_ = true;
    co_return false;
}

}  // namespace revenant::host
