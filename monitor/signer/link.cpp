#include "monitor/signer/link.hpp"

#include <boost/asio/read_until.hpp>
#include <spdlog/spdlog.h>

#include "common/core/backoff.hpp"

namespace revenant::monitor {

awaitable<void> SignerLink::run() {
    const stream_protocol::endpoint server{socket_.string()};
    asio::steady_timer pause{co_await asio::this_coro::executor};
    auto backoff = standard_backoff();
    for (;;) {
        stream_protocol::socket link{pause.get_executor()};
        auto [failed] = co_await link.async_connect(server, as_tuple(use_awaitable));
        if (!failed)
            link.remote_endpoint(failed);  // a full backlog looks like success to Asio
        if (!failed) {
            backoff.reset();
            co_await listen(std::move(link));
        }
        if (const auto state = co_await asio::this_coro::cancellation_state; state.cancelled() != asio::cancellation_type::none)
            co_return;  // it is we who end, which says nothing about the signer
        board_.not_heard(name_, socket_.string(), instant_now());
        pause.expires_after(backoff.next());
        co_await pause.async_wait(use_awaitable);
    }
}

awaitable<void> SignerLink::listen(stream_protocol::socket link) {
    std::string text;
    for (;;) {
        const auto [failed, size] = co_await asio::async_read_until(link, asio::dynamic_buffer(text, longest_line), '\n',
                                                                    as_tuple(use_awaitable));
        if (failed)
            co_return;
        auto status = read_status(std::string_view{text}.substr(0, size - 1));
        text.erase(0, size);
        if (!status) {
            spdlog::warn("what answers at '{}' is no signer: its line is no JSON object", socket_.string());
            co_return;
        }
        board_.heard(name_, socket_.string(), std::move(*status), instant_now());
    }
}

}  // namespace revenant::monitor
