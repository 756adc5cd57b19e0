#include "gadget/session/channel.hpp"

#include <stdexcept>
#include <utility>

#include <boost/asio/post.hpp>
#include <fmt/format.h>
#include <sodium.h>

#include "common/async/backoff.hpp"
#include "common/async/within.hpp"
#include "gadget/session/error_class.hpp"

namespace revenant::gadget {

namespace {

/// A process that was stopped finds an expired limit and the rest of the frame at once: the rest is read first.
constexpr auto second_look = 10ms;

}  // namespace

Channel::Channel(const asio::any_io_executor& executor, Pipe& pipe, Counters& counters, std::function<void()> counted,
                 std::chrono::milliseconds max_silence)
    : pipe_{pipe},
      counters_{counters},
      counted_{std::move(counted)},
      max_silence_{max_silence},
      news_{executor},
      armed_within_frame_{executor} {}

void Channel::attach(Broker& broker) {
    broker_ = &broker;
    ++sessions_;
    if (!holding_)
        held_is_stale_ = false;  // on a pipe whose read outlives a disable, data from now on belongs to this session
    news_.notify();
}

void Channel::detach() {
    if (broker_ != nullptr)
        counters_.frames_dropped += broker_->queued();
    broker_ = nullptr;
    news_.notify();
}

awaitable<void> Channel::read_packets() {
    for (;;) {
        co_await room();
        if (broker_->start_request()) {
            co_await next_turn();
            continue;
        }
        const auto session = sessions_;
        reader_ = ReaderState::armed;
        armed_since_ = Clock::now();
        held_is_stale_ = false;
        if (within_frame())
            armed_within_frame_.notify();
        const auto [failed, size] = co_await pipe_.read(asio::buffer(packet_));
        if (!failed) {
            co_await deliver(size);
            continue;
        }
        reader_ = ReaderState::parked;
        // A session that began meanwhile explains the failure: the read is retried at once.
        co_await news_.wait_until([&] { return sessions_ != session; });
    }
}

/// Waits until a session is attached and the host reads its answers.
awaitable<void> Channel::room() {
    co_await news_.wait_until([this] {
        const bool ready = broker_ != nullptr && broker_->wants_more();
        if (!ready)
            reader_ = broker_ == nullptr ? ReaderState::parked : ReaderState::paused;
        return ready;
    });
}

/// After each request: a packet may hold many, and the other interface must not wait for all of them.
awaitable<void> Channel::next_turn() {
    counted_();
    news_.notify();  // the broker has something to send
    const auto executor = co_await asio::this_coro::executor;
    co_await asio::post(executor, use_awaitable);
}

/// Passes the packet to the session. Without a session the packet is held, and the host waits, until the next session
/// takes it. A second enable, or a disable after the read was posted, means that the host started over: the packet is
/// then dropped.
awaitable<void> Channel::deliver(std::size_t size) {
    const auto arrived_in = sessions_;
    holding_ = broker_ == nullptr;
    if (holding_)
        reader_ = ReaderState::parked;
    co_await news_.wait_until([this] { return broker_ != nullptr; });
    holding_ = false;
    const auto packet = std::span{packet_}.first(size);
    if (held_is_stale_ || sessions_ > arrived_in + 1)
        ++counters_.packets_dropped;
    else
        broker_->packet(packet);
    counted_();
    sodium_memzero(packet.data(), packet.size());  // it may contain a passphrase
}

bool Channel::within_frame() const {
    return reader_ == ReaderState::armed && broker_ != nullptr && broker_->incomplete();
}

/// Wakes when the silence limit would be reached instead of resetting a timer at each packet: one wake-up per silence.
awaitable<void> Channel::drop_silent_frames() {
    for (;;) {
        co_await armed_within_frame_.wait_until([this] { return within_frame(); });
        co_await sleep_until(armed_since_ + max_silence_);
        co_await sleep_for(second_look);
        if (within_frame() && Clock::now() >= armed_since_ + max_silence_) {
            broker_->forget_partial();
            broker_->ask_again();  // else the host waits for an answer to a request that is lost here
            counted_();
            news_.notify();
        }
    }
}

awaitable<void> Channel::write_frames() {
    for (;;) {
        auto frame = broker_ != nullptr ? broker_->take_frame() : std::nullopt;
        if (!frame) {
            co_await news_.wait();
            continue;
        }
        if (reader_ == ReaderState::paused)
            news_.notify();  // the queue has room again
        writing_ = true;
        co_await write(std::move(*frame));
        writing_ = false;
        counted_();
        if (!writing())
            news_.notify();  // for callers that wait until everything is sent
    }
}

/// Retries transient errors while the session lasts; drops a frame whose session or transfer is lost.
awaitable<void> Channel::write(Bytes frame) {
    auto backoff = standard_backoff();
    const auto session = sessions_;
    for (;;) {
        const auto failed = co_await pipe_.write(frame);
        if (!failed) {
            ++counters_.frames_sent;
            co_return;
        }
        const auto error_class = classify_error(failed);
        if (error_class == ErrorClass::end)
            throw std::runtime_error{
                fmt::format("cannot write to the host: {}: exiting so that the service manager restarts the gadget",
                            failed.message())};
        if (error_class == ErrorClass::retry)
            co_await rest(backoff.next(), session);
        if (error_class == ErrorClass::drop || broker_ == nullptr || sessions_ != session) {
            ++counters_.frames_dropped;
            co_return;
        }
        ++counters_.write_retries;
        counted_();
    }
}

/// Waits, at most until the session ends.
awaitable<void> Channel::rest(std::chrono::milliseconds pause, std::uint64_t session) {
    const auto over = [&] { return sessions_ != session || broker_ == nullptr; };
    co_await news_.wait_until(over, Clock::now() + pause);
}

}  // namespace revenant::gadget
