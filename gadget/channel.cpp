#include "gadget/channel.hpp"

#include <utility>

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <sodium.h>
#include <spdlog/spdlog.h>

#include "common/core/backoff.hpp"
#include "gadget/remedy.hpp"

namespace revenant {
namespace {

/// A companion that was killed half-way through a frame must not have the next one's requests swallowed as its payload.
constexpr auto longest_silence_within_a_frame = 1s;

}  // namespace

Channel::Channel(const asio::any_io_executor& executor, Pipe& pipe, Counters& counters)
    : pipe_{pipe}, counters_{counters}, news_{executor}, silence_{executor} {}

void Channel::attach(Broker& broker) {
    broker_ = &broker;
    ++sessions_;
    silence_.cancel();
    news_.notify();
}

void Channel::detach() {
    broker_ = nullptr;
    silence_.cancel();
    news_.notify();
}

awaitable<void> Channel::read_packets() {
    auto backoff = standard_backoff();
    asio::steady_timer pause{co_await asio::this_coro::executor};
    for (;;) {
        while (broker_ == nullptr || !broker_->wants_more()) {
            reader_ = broker_ == nullptr ? ReaderState::parked : ReaderState::paused;
            co_await news_.wait();
        }
        const auto session = sessions_;
        reader_ = ReaderState::armed;
        watch_for_silence();
        const auto [failed, size] = co_await pipe_.read(asio::buffer(packet_));
        silence_.cancel();
        if (!failed) {
            backoff.reset();
            co_await deliver(size);
            continue;
        }
        switch (remedy_for(failed)) {
            case Remedy::retry:
                pause.expires_after(backoff.next());
                co_await pause.async_wait(use_awaitable);
                break;
            case Remedy::park:
                reader_ = ReaderState::parked;
                while (sessions_ == session)  // a session that began meanwhile explains the failure: read again at once
                    co_await news_.wait();
                break;
            case Remedy::end:
                reader_ = ReaderState::failed;
                throw system_error{failed, "read from the host"};
        }
    }
}

/// Hands the packet to the session. Without one it is held, and the host waits, until the next session takes it; but a
/// second enable means that the host began anew since.
awaitable<void> Channel::deliver(std::size_t size) {
    const auto arrived_in = sessions_;
    held_is_stale_ = false;
    while (broker_ == nullptr) {
        reader_ = ReaderState::parked;
        co_await news_.wait();
    }
    const auto packet = std::span{packet_}.first(size);
    if (held_is_stale_ || sessions_ > arrived_in + 1)
        ++counters_.packets_dropped;
    else
        broker_->packet(packet);
    sodium_memzero(packet.data(), packet.size());  // it may have held a passphrase
    news_.notify();                                // the broker may have something to send
}

void Channel::watch_for_silence() {
    if (!broker_->incomplete())
        return;
    silence_.expires_after(longest_silence_within_a_frame);
    silence_.async_wait([this](error_code stopped) {
        if (!stopped && broker_ != nullptr)
            broker_->forget_partial();
    });
}

awaitable<void> Channel::write_frames() {
    for (;;) {
        auto frame = broker_ != nullptr ? broker_->take_frame() : std::nullopt;
        if (!frame) {
            co_await news_.wait();
            continue;
        }
        if (reader_ == ReaderState::paused)
            news_.notify();  // there is room again
        writing_ = true;
        co_await write(std::move(*frame));
        writing_ = false;
        if (!broker_ || !broker_->has_frames())
            news_.notify();  // for who waits until everything has left
    }
}

/// A passing failure is retried while its session lives; a frame whose session or transfer is lost is dropped.
awaitable<void> Channel::write(Bytes frame) {
    using namespace asio::experimental::awaitable_operators;
    auto backoff = standard_backoff();
    asio::steady_timer pause{co_await asio::this_coro::executor};
    const auto session = sessions_;
    for (;;) {
        const auto failed = co_await pipe_.write(frame);
        if (!failed) {
            ++counters_.frames_sent;
            co_return;
        }
        const auto remedy = remedy_for(failed);
        if (remedy == Remedy::end)
            throw system_error{failed, "write to the host"};
        if (remedy == Remedy::park || broker_ == nullptr || sessions_ != session) {
            ++counters_.frames_dropped;
            co_return;
        }
        ++counters_.write_retries;
        pause.expires_after(backoff.next());
        while (sessions_ == session && broker_ != nullptr && pause.expiry() > asio::steady_timer::clock_type::now())
            co_await (pause.async_wait(use_awaitable) || news_.wait());
    }
}

}  // namespace revenant
