#include "registrar/ep0/readiness.hpp"

#include <array>

#include <boost/asio/buffer.hpp>

#include "common/async/within.hpp"
#include "common/core/log.hpp"

namespace revenant::registrar {
namespace {

/// Pause between two connections, so that a server that closes each one at once causes no busy loop.
constexpr auto breath = 10ms;

}  // namespace

Readiness::Readiness(const asio::any_io_executor& executor, const std::filesystem::path& ready_socket,
                     std::chrono::milliseconds grace, Events events)
    : watch_{executor, ready_socket}, grace_over_{executor}, grace_{grace}, events_{std::move(events)} {}

awaitable<void> Readiness::run() {
    std::array<char, 64> ignored;
    for (;;) {
        auto link = co_await connect_when_present(watch_);
        linked_ = true;
        set(true);
        for (error_code ended; !ended;)
            std::tie(ended, std::ignore) =
                co_await link.async_read_some(asio::buffer(ignored), as_tuple(use_awaitable));
        linked_ = false;
        begin_grace();
        co_await sleep_for(breath);
    }
}

void Readiness::gadget_changed() {
    if (!linked_ && !events_.gadget_connected())
        set(false);
}

void Readiness::begin_grace() {
    if (!events_.gadget_connected()) {
        set(false);
        return;
    }
    grace_over_.expires_after(grace_);
    grace_over_.async_wait([this](error_code stopped) {
        if (!stopped && !linked_)
            set(false);
    });
}

void Readiness::set(bool ready) {
    if (ready_ == ready)
        return;
    ready_ = ready;
    if (!ready)
        ++losses_;
    log::info("{}", ready ? "gadget is alive: ready" : "gadget is not alive: not ready");
    events_.changed();
}

}  // namespace revenant::registrar
