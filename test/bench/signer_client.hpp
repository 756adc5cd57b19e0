#pragma once

#include <string>

#include <boost/beast/core/tcp_stream.hpp>

#include "common/async/task_group.hpp"
#include "host/cli/load.hpp"
#include "test/bench/suite.hpp"

namespace revenant::bench {

/// One connection to a remote signer, kept for all requests. It does no more than it must, since it takes its time from
/// the same processors as what is measured: the request is put together by hand, the answer only looked at.
class SignerClient {
public:
    SignerClient(const asio::any_io_executor& executor, unsigned short port) : stream_{executor}, port_{port} {}

    awaitable<void> connect();
    /// Throws std::runtime_error with the answer unless that is a tz4 signature.
    awaitable<void> sign(const std::string& address, ByteView message);

private:
    void write_request(const std::string& address, ByteView message);
    [[nodiscard]] std::size_t answer_size() const;

    boost::beast::tcp_stream stream_;
    unsigned short port_;
    std::string request_, answer_;
};

/// Signs with a key, one level after the other, and of each the preattestation or the attestation: two of these may
/// share a key, as two connections of one baker do.
class SignerTurn {
public:
    SignerTurn(SignerClient& client, host::LoadKey key, bool preattestations)
        : client_{client}, key_{std::move(key)}, preattestations_{preattestations} {}

    awaitable<void> sign_next();

private:
    SignerClient& client_;
    host::LoadKey key_;
    bool preattestations_;
};

/// "signer" or "monitor" runs while `use`, an awaitable<void>(unsigned short port), does.
template <typename Use>
awaitable<void> with_program(Suite& suite, std::string program, Use use) {
    std::exception_ptr failure;
    const auto port = co_await suite.start_server(program);
    try {
        co_await use(port);
    } catch (...) {
        failure = std::current_exception();  // a handler may not co_await
    }
    co_await asio::this_coro::throw_if_cancelled(false);
    suite.end_soon(program);
    co_await suite.ended(program);
    co_await asio::this_coro::throw_if_cancelled(true);
    if (failure)
        std::rethrow_exception(failure);
}

/// The same of `revenant serve`, before the device.
template <typename Use>
awaitable<void> with_signer(Suite& suite, Use use) {
    co_await with_program(suite, "signer", std::move(use));
}

}  // namespace revenant::bench
