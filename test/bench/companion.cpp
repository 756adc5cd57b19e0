#include "test/bench/companion.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <sodium.h>

#include "common/tezos/curve.hpp"

namespace revenant::bench {
namespace {

constexpr std::size_t passphrase_size = 32;

std::vector<std::string> ids(std::size_t count) {
    std::vector<std::string> names;
    for (std::size_t number = 1; number <= count; ++number)
        names.push_back(fmt::format("bench-{}", number));
    return names;
}

/// An error of one of several keys is in the results, not in an error response.
template <typename Result>
void check(const std::vector<Result>& results) {
    for (const auto& result : results)
        if (!result.ok)
            throw std::runtime_error{fmt::format("key '{}': {}", result.key_id, result.error)};
}

}  // namespace

awaitable<Response> answer_to(host::DeviceChannel& channel, const Request& request) {
    auto answer = co_await channel.ask(request, host::usual_deadline(request));
    if (answer.outcome != host::Answer::Outcome::answered)
        throw std::runtime_error{"the device did not respond within the deadline"};
    if (const auto* error = std::get_if<ErrorResponse>(&answer.response))
        throw std::runtime_error{fmt::format("the device rejected the request (error {}): {}",
                                             static_cast<unsigned>(error->code), error->message)};
    co_return std::move(answer.response);
}

awaitable<void> sign_next(host::DeviceChannel& channel, host::LoadKey& key) {
    const Request request = SignRequest{key.address, host::attestation(key.curve, key.level++)};
    const auto answer = co_await ask<SignResponse>(channel, request);
    if (answer.signature.size() != tezos::signature_size(key.curve))
        throw std::runtime_error{"the device's signature has the wrong size"};
}

awaitable<std::vector<host::LoadKey>> unlocked_keys(host::DeviceChannel& channel) {
    const Request request = StatusRequest{};
    const auto status = co_await ask<StatusResponse>(channel, request);
    co_return host::load_keys(status.keys, {});
}

Custody::Custody()
    : passphrase_{passphrase_size, [](std::span<std::uint8_t> into) { randombytes_buf(into.data(), into.size()); }} {}

/// A copy, since each request takes ownership of one.
Secret Custody::passphrase() const {
    const Secret::Reader reader{passphrase_};
    const auto copy = [&](std::span<std::uint8_t> into) { std::ranges::copy(reader.bytes(), into.begin()); };
    return Secret{passphrase_size, copy};
}

awaitable<void> Custody::create(const std::filesystem::path& run_directory) const {
    const auto use = [this](host::DeviceChannel& channel) -> awaitable<void> {
        const Request init = InitMasterRequest{false, passphrase()};
        co_await ask<OkResponse>(channel, init);
        const Request make = NewKeysRequest{ids(key_count), passphrase()};
        const auto made = co_await ask<NewKeysResponse>(channel, make);
        check(made.results);
    };
    co_await with_channel(run_directory, host::Interface::management, use);
}

awaitable<void> Custody::unlock(const std::filesystem::path& run_directory, std::size_t count) const {
    const auto use = [this, count](host::DeviceChannel& channel) -> awaitable<void> {
        const Request request = UnlockRequest{ids(count), passphrase()};
        const auto answer = co_await ask<UnlockResponse>(channel, request);
        check(answer.results);
    };
    co_await with_channel(run_directory, host::Interface::management, use);
}

}  // namespace revenant::bench
