#pragma once

#include <filesystem>
#include <stdexcept>
#include <string>
#include <variant>
#include <vector>

#include "common/async/task_group.hpp"
#include "host/channel/channel.hpp"
#include "host/cli/load.hpp"
#include "host/link/loopback_link.hpp"

/// The host end of the cable, by the host's own code in this process.
namespace revenant::bench {

/// Holds an interface of the device while `use`, an awaitable<void>(host::DeviceChannel&), runs: no longer than that is
/// the cable plugged in.
template <typename Use>
awaitable<void> with_channel(const std::filesystem::path& run_directory, host::Interface interface, Use use) {
    const auto executor = co_await asio::this_coro::executor;
    host::LoopbackLink link{executor, run_directory, interface};
    host::DeviceChannel channel{executor, link};
    const auto body = [&](TaskGroup& group) -> awaitable<void> {
        group.spawn(channel.run());
        co_await use(channel);
    };
    co_await with_group(body);
}

/// Asks and gives the answer. Throws std::runtime_error for a refusal or a silence.
awaitable<Response> answer_to(host::DeviceChannel& channel, const Request& request);

/// The same where the answer must be of one type.
template <typename Expected>
awaitable<Expected> ask(host::DeviceChannel& channel, const Request& request) {
    auto response = co_await answer_to(channel, request);
    if (auto* expected = std::get_if<Expected>(&response))
        co_return std::move(*expected);
    throw std::runtime_error{"the device answered something else than was asked"};
}

/// Signs an attestation of the key's next level. Only a signature counts: anything else throws.
awaitable<void> sign_next(host::DeviceChannel& channel, host::LoadKey& key);

/// The keys that are unlocked, ready to sign on.
awaitable<std::vector<host::LoadKey>> unlocked_keys(host::DeviceChannel& channel);

/// The keys of the benchmark, and the passphrase that unlocks them.
class Custody {
public:
    Custody();

    /// Prepares a new device and makes the keys.
    awaitable<void> create(const std::filesystem::path& run_directory) const;
    /// Unlocks the first `count` keys.
    awaitable<void> unlock(const std::filesystem::path& run_directory, std::size_t count) const;

private:
    [[nodiscard]] Secret passphrase() const;

    Secret passphrase_;
};

inline constexpr std::size_t key_count = 8;

}  // namespace revenant::bench
