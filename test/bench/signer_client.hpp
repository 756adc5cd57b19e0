#pragma once

#include <string>

#include <boost/beast/core/tcp_stream.hpp>

#include "common/async/task_group.hpp"
#include "host/cli/load.hpp"
#include "test/bench/suite.hpp"

namespace revenant::bench {

/// One keep-alive connection to a remote signer. Minimal, since it shares the CPUs with the measured programs: the
/// request is built by hand and the response is not fully parsed.
class SignerClient {
public:
    SignerClient(const asio::any_io_executor& executor, unsigned short port) : stream_{executor}, port_{port} {}

    awaitable<void> connect();
    /// Throws std::runtime_error with the response unless it is a tz4 signature.
    awaitable<void> sign(const std::string& address, ByteView message);

private:
    void write_request(const std::string& address, ByteView message);
    [[nodiscard]] std::size_t answer_size() const;

    boost::beast::tcp_stream stream_;
    unsigned short port_;
    std::string request_, answer_;
};

/// Signs with a key, level after level: either preattestations or attestations, so that two connections can share a
/// key.
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

/// Runs "signer" or "monitor" while `use`, an awaitable<void>(unsigned short port), runs.
template <typename Use>
awaitable<void> with_program(Suite& suite, std::string program, Use use) {
    std::exception_ptr failure;
    const auto port = co_await suite.start_server(program);
    try {
        co_await use(port);
    } catch (...) {
        failure = std::current_exception();  // co_await is not allowed in a handler
    }
    co_await asio::this_coro::throw_if_cancelled(false);
    suite.end_soon(program);
    co_await suite.ended(program);
    co_await asio::this_coro::throw_if_cancelled(true);
    if (failure)
        std::rethrow_exception(failure);
}

/// The same for `revenant serve`.
template <typename Use>
awaitable<void> with_signer(Suite& suite, Use use) {
    co_await with_program(suite, "signer", std::move(use));
}

}  // namespace revenant::bench
