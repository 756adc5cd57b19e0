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

/// The host end of the cable: the host's code in this process.
namespace revenant::bench {

/// Claims an interface of the device while `use`, an awaitable<void>(host::DeviceChannel&), runs. The cable is plugged
/// in only for that time.
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

/// Sends a request; returns the response. Throws std::runtime_error on an error response or a timeout.
awaitable<Response> answer_to(host::DeviceChannel& channel, const Request& request);

/// The same; throws std::runtime_error unless the response has the expected type.
template <typename Expected>
awaitable<Expected> ask(host::DeviceChannel& channel, const Request& request) {
    auto response = co_await answer_to(channel, request);
    if (auto* expected = std::get_if<Expected>(&response))
        co_return std::move(*expected);
    throw std::runtime_error{"unexpected response type from the device"};
}

/// Signs an attestation for the key's next level. Throws std::runtime_error without a signature.
awaitable<void> sign_next(host::DeviceChannel& channel, host::LoadKey& key);

/// The unlocked keys, at their current levels.
awaitable<std::vector<host::LoadKey>> unlocked_keys(host::DeviceChannel& channel);

/// Creates and unlocks the keys of the benchmark.
class Custody {
public:
    Custody();

    /// Initialises a new device and creates the keys.
    awaitable<void> create(const std::filesystem::path& run_directory) const;
    /// Unlocks the first `count` keys.
    awaitable<void> unlock(const std::filesystem::path& run_directory, std::size_t count) const;

private:
    [[nodiscard]] Secret passphrase() const;

    Secret passphrase_;
};

inline constexpr std::size_t key_count = 8;

}  // namespace revenant::bench
