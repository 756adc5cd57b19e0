#include "registrar/ep0/ep0.hpp"

#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <system_error>

#include <boost/asio/buffer.hpp>
#include <fmt/format.h>
#include <sys/eventfd.h>

namespace revenant::registrar {
namespace {

constexpr int max_drain = 64;  // events per wait(), so that `stopping_` is checked

int event_descriptor() {
    return checked(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), "eventfd");
}

/// Never blocks in practice: the counter would need 2^64 unread increments.
void ring(int descriptor) {
    const std::uint64_t once = 1;
    [[maybe_unused]] const auto size = ::write(descriptor, &once, sizeof once);
}

}  // namespace

Ep0::Ep0(const asio::any_io_executor& executor, std::unique_ptr<Ep0File> file, Ep0News earlier, Ep0Limits limits)
    : file_{std::move(file)},
      limits_{std::move(limits)},
      bell_{executor, event_descriptor()},
      stop_{event_descriptor()},
      left_{earlier} {
    ring(bell_.native_handle());
    thread_ = std::jthread{[this] { serve(); }};
}

Ep0::~Ep0() {
    stopping_ = true;
    ring(stop_.get());
}

awaitable<Ep0News> Ep0::news() {
    std::uint64_t rings = 0;
    co_await bell_.async_read_some(asio::buffer(&rings, sizeof rings), use_awaitable);
    if (const int error = failure_)
        throw std::runtime_error{fmt::format("ep0 failed: {}: restart the registrar", std::strerror(error))};
    co_return left_.exchange({});
}

Ep0::Counters Ep0::counters() const {
    Counters now;
    for (std::size_t kind = 0; kind < events_.size(); ++kind)
        now.events[kind] = events_[kind];
    now.stalls = stalls_;
    now.interrupted = interrupted_;
    return now;
}

void Ep0::serve() {
    try {
        watchdog_.emplace();
    } catch (const std::system_error& error) {
        give_up(error.code().value());
    }
    while (!stopping_) {
        drain();
        if (!stopping_)
            file_->wait(stop_.get(), limits_.look);
    }
}

/// Reads one event at a time: a SETUP must be answered before the next read, which would stall it.
void Ep0::drain() {
    for (int count = 0; count < max_drain && !stopping_; ++count) {
        std::array<std::uint8_t, ep0_event_size> bytes{};
        const auto size = file_->read(bytes);
        if (size == -EAGAIN)
            return;
        if (size == -EINTR || size == -EIDRM || size == -EL2HLT)
            continue;  // interrupted, request cancelled, or request stalled by this read
        if (size == -EOVERFLOW)
            file_->write({});  // stalls an unanswered request with data
        else if (size < 0)
            give_up(static_cast<int>(-size));
        else if (const auto event = parse_event(std::span{bytes}.first(static_cast<std::size_t>(size))))
            handle(*event);
    }
}

void Ep0::handle(const Ep0Event& event) {
    ++events_[event.kind];
    if (event.kind == FUNCTIONFS_SETUP)
        control(event.setup);
    leave(news_of(event.kind));
}

/// A failed response needs no handling: the host has reset the device or sent a new request.
void Ep0::control(const Setup& setup) {
    const auto deadline = limits_.now() + limits_.answer;
    const auto data = answer(setup, ready_);
    if (!data || limits_.now() > deadline) {
        ++stalls_;
        stall(*file_, setup);
        return;
    }
    watchdog_->arm(limits_.answer, limits_.again);
    const auto size = file_->write(data->bytes());
    watchdog_->disarm();
    if (size != -EINTR)
        return;
    ++interrupted_;
    stall(*file_, setup);  // the kernel still waits for the response
}

void Ep0::give_up(int error) {
    failure_ = error;
    stopping_ = true;
    ring(bell_.native_handle());
}

void Ep0::leave(Ep0News news) {
    auto before = left_.load();
    while (!left_.compare_exchange_weak(before, merged(before, news))) {
    }
    ring(bell_.native_handle());
}

}  // namespace revenant::registrar
