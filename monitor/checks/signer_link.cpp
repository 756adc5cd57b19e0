#include "monitor/checks/signer_link.hpp"

#include <algorithm>

#include <boost/asio/read_until.hpp>
#include <fmt/format.h>

#include "common/async/backoff.hpp"
#include "common/async/task_group.hpp"
#include "common/async/within.hpp"
#include "common/core/log.hpp"

namespace revenant::monitor {
namespace {

constexpr std::size_t min_cost = 4096;  // bytes that a line counts at least, for the work that each one causes

}  // namespace

SignerLink::SignerLink(Events events, std::string name, std::filesystem::path socket, const CheckPace& pace)
    : events_{std::move(events)},
      name_{std::move(name)},
      socket_{std::move(socket)},
      pace_{pace},
      probe_{socket_},
      breaker_{pace.breaker} {}

awaitable<void> SignerLink::run() {
    const auto both = [this](TaskGroup& tasks) -> awaitable<void> {
        tasks.spawn(probe());
        co_await keep_connected();
    };
    co_await with_group(both);
}

void SignerLink::heard(SignerStatus status, std::size_t size) {
    heard_at_ = Clock::now();
    intake_.spend(static_cast<double>(std::max(size, min_cost)), heard_at_);
    events_.on_status(*this, std::move(status));
}

void SignerLink::silent() {
    const auto missing = missing_directory(socket_);
    events_.on_silence(
        *this, missing.empty() ? fmt::format("no response at '{}': start the signer or see its log", socket_.string())
                               : fmt::format("{}: start the signer or correct the setting signers", missing));
}

/// Silence is ambiguous: a signer sends nothing while its status is unchanged, and when it hangs.
awaitable<void> SignerLink::probe() {
    auto asked_at = Clock::now();
    for (;;) {
        co_await sleep_until(std::max(heard_at_, asked_at) + pace_.period);
        const auto now = Clock::now();
        if (now < heard_at_ + pace_.period)
            continue;
        asked_at = now;
        if (intake_.free_at(now) > now || !breaker_.admits(now))
            continue;
        const auto answer = co_await probe_.ask(now + pace_.deadline);
        if (answer.came && probe_.status()) {
            breaker_.succeeded();
            heard(*probe_.status(), probe_.size());
            continue;
        }
        breaker_.failed(Clock::now());
        if (heard_at_ <= now)  // else a status arrived on the other connection meanwhile
            silent();
    }
}

awaitable<void> SignerLink::keep_connected() {
    const stream_protocol::endpoint server{socket_.string()};
    const auto executor = co_await asio::this_coro::executor;
    auto backoff = standard_backoff();
    for (;;) {
        stream_protocol::socket link{executor};
        auto [failed] = co_await link.async_connect(server, as_tuple(use_awaitable));
        if (!failed)
            link.remote_endpoint(failed);  // Asio reports success for a full backlog
        if (!failed) {
            backoff.reset();
            co_await listen(std::move(link));
        }
        if (const auto state = co_await asio::this_coro::cancellation_state;
            state.cancelled() != asio::cancellation_type::none)
            co_return;  // cancelled: says nothing about the signer
        silent();
        co_await sleep_for(backoff.next());
    }
}

awaitable<void> SignerLink::listen(stream_protocol::socket link) {
    std::string text;
    for (;;) {
        const auto [failed, size] =
            co_await asio::async_read_until(link, asio::dynamic_buffer(text, max_line), '\n', as_tuple(use_awaitable));
        if (failed)
            co_return;
        co_await sleep_until(intake_.free_at(Clock::now()));
        auto status = read_status(std::string_view{text}.substr(0, size - 1));
        text.erase(0, size);
        if (!status) {
            log::warn("the status line from '{}' is not a JSON object: disconnecting, this is not a signer",
                      socket_.string());
            co_return;
        }
        heard(std::move(*status), size);
    }
}

}  // namespace revenant::monitor
