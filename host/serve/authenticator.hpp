#pragma once

#include <chrono>
#include <map>
#include <string>

#include <boost/asio/thread_pool.hpp>

#include "common/async/semaphore.hpp"
#include "host/octez/client_keys.hpp"
#include "host/octez/signer_request.hpp"

namespace revenant::host::serve {

/// How many wrong client signatures an address may send: each costs a verification for every authorized key, up to
/// 15 ms with nine BLS keys.
class FailureBudget {
public:
    static constexpr double most = 20, per_second = 1;
    static constexpr std::size_t max_addresses = 1024;

    [[nodiscard]] bool exhausted(const std::string& address, Clock::time_point now);
    void charge(const std::string& address, Clock::time_point now);

private:
    struct Account {
        double spent = 0;
        Clock::time_point at{};
    };
    static double spent(const Account& account, Clock::time_point now);
    void make_room(Clock::time_point now);
    std::map<std::string, Account> accounts_;
};

/// Verifies client signatures on a thread of its own, so that requests of strangers do not delay the event loop.
/// Called on one thread.
class Authenticator {
public:
    explicit Authenticator(const asio::any_io_executor& executor) : turn_{executor} {}

    /// Returns the address of the key that signed the request; empty if `keys` is empty. Waits for a turn until the
    /// deadline. Throws Error. `client`: the address that a failure is charged to.
    awaitable<std::string> authenticate(ClientKeys keys, const SignerRequest& request, ByteView message,
                                        std::string client, Deadline until);

private:
    FailureBudget budget_;
    Semaphore turn_;
    asio::thread_pool thread_{1};
};

}  // namespace revenant::host::serve
