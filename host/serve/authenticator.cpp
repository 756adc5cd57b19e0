#include "host/serve/authenticator.hpp"

#include <algorithm>

namespace revenant::host::serve {
double FailureBudget::spent(const Account& account, Clock::time_point now) {
    const std::chrono::duration<double> passed = now - account.at;
    return std::max(0.0, account.spent - passed.count() * per_second);
}

bool FailureBudget::exhausted(const std::string& address, Clock::time_point now) {
    const auto found = accounts_.find(address);
    return found != accounts_.end() && spent(found->second, now) > most - 1;
}

void FailureBudget::charge(const std::string& address, Clock::time_point now) {
    if (accounts_.size() >= max_addresses && accounts_.count(address) == 0)
        make_room(now);
    auto& account = accounts_[address];
    account = {spent(account, now) + 1, now};
}

/// Forgets the address that has spent least.
void FailureBudget::make_room(Clock::time_point now) {
    accounts_.erase(std::min_element(accounts_.begin(), accounts_.end(), [now](const auto& one, const auto& other) {
        return spent(one.second, now) < spent(other.second, now);
    }));
}

awaitable<std::string> Authenticator::authenticate(ClientKeys keys, const SignerRequest& request, ByteView message,
                                                   std::string client, Deadline until) {
    if (keys.empty())
        co_return std::string{};
    if (!request.authentication)
        throw Error{Fault::not_authenticated,
                    "the request has no client signature: sign it with one of the authorized_keys of this signer"};
    const auto turn = co_await turn_.enter(1, until);
    if (!turn)
        throw Error{Fault::busy, "the signer is busy with the verification of client signatures; ask again"};
    if (budget_.exhausted(client, Clock::now()))  // after the wait: others of this address may have failed meanwhile
        throw Error{Fault::too_many_attempts,
                    "too many wrong client signatures from this address: sign with one of the authorized_keys, and "
                    "ask again in a second"};
    std::string signer;
    const auto verify = [&]() -> awaitable<void> {
        if (const auto* const address = keys.who_signed(request.address, message, *request.authentication))
            signer = *address;
        co_return;
    };
    // Without cancellation: the thread uses what this coroutine owns.
    co_await asio::co_spawn(thread_, verify(), asio::bind_cancellation_slot(asio::cancellation_slot{}, use_awaitable));
    if (signer.empty()) {
        budget_.charge(client, Clock::now());
        throw Error{Fault::wrong_authentication,
                    "the client signature is by none of the authorized_keys, or of other bytes"};
    }
    co_return signer;
}

}  // namespace revenant::host::serve
