#include "host/serve/auto_unlock.hpp"

#include <algorithm>
#include <cstdlib>

#include <fcntl.h>
#include <fmt/format.h>

#include "common/core/fd.hpp"
#include "common/core/log.hpp"
#include "host/channel/refusal.hpp"
#include "host/prompt/passphrase.hpp"
#include "host/text/printable.hpp"

namespace revenant::host::serve {
namespace {

/// A credential is a file in memory that only this service can read.
Secret credential(bool exact) {
    const char* const directory = std::getenv("CREDENTIALS_DIRECTORY");
    if (directory == nullptr)
        throw std::runtime_error{
            "the service manager passed no credentials: add LoadCredentialEncrypted=passphrase to the unit"};
    const auto file = fmt::format("{}/passphrase", directory);
    const UniqueFd descriptor{::open(file.c_str(), O_RDONLY | O_CLOEXEC)};
    if (!descriptor)
        throw std::runtime_error{
            fmt::format("the credential '{}' cannot be read: {}: give the unit "
                        "LoadCredentialEncrypted=passphrase",
                        file, std::generic_category().message(errno))};
    PassphraseSource source;
    source.descriptor = descriptor.get();
    source.exact = exact;
    return read_passphrase(source, false);
}

}  // namespace

awaitable<void> AutoUnlock::unlock(SignerDevice& device) {
    auto ids = locked_ids(device);
    if (ids.empty())
        co_return;
    if (refused_) {
        log::warn(
            "keys of the device '{}' stay locked: the passphrase was rejected before; correct the credential and "
            "restart the signer",
            device.serial());
        co_return;
    }
    try {
        co_await attempt(device, std::move(ids));
    } catch (const system_error& error) {
        if (error.code() == asio::error::operation_aborted)
            throw;
        log::error("keys of the device '{}' could not be unlocked: {}", device.serial(), error.code().message());
    } catch (const std::exception& error) {
        log::error("keys of the device '{}' could not be unlocked: {}", device.serial(), error.what());
    }
}

std::vector<std::string> AutoUnlock::locked_ids(const SignerDevice& device) const {
    std::vector<std::string> ids;
    const auto& named = settings_.key_ids;
    for (const auto& [address, key] : device.keys()) {
        const auto& id = key.status.key_id;
        const bool wanted =
            std::find(named.begin(), named.end(), id) != named.end() || (named.size() == 1 && named.front() == "all");
        if (wanted && key.status.lock_state == LockState::locked)
            ids.push_back(id);
    }
    return ids;
}

awaitable<void> AutoUnlock::attempt(SignerDevice& device, std::vector<std::string> ids) {
    UnlockRequest unlock;
    unlock.key_ids = std::move(ids);
    unlock.passphrase = credential(settings_.exact);
    const auto count = unlock.key_ids.size();
    Request request = std::move(unlock);
    const auto executor = co_await asio::this_coro::executor;
    const auto link = device.open(Interface::management);
    DeviceChannel channel{executor, *link};
    Answer answer;
    const auto body = [&](TaskGroup& group) -> awaitable<void> {
        group.spawn(channel.run());
        answer = co_await channel.ask(request, usual_deadline(request));
    };
    co_await with_group(body);
    if (answer.outcome != Answer::Outcome::answered)
        throw std::runtime_error{
            fmt::format("there was no answer to the request for {} keys: another program may hold "
                        "the management interface",
                        count)};
    judge(device, answer);
    co_await device.refresh(3s);
}

void AutoUnlock::judge(const SignerDevice& device, const Answer& answer) {
    if (const auto* error = std::get_if<ErrorResponse>(&answer.response)) {
        refused_ = true;
        throw std::runtime_error{printable(error->message)};
    }
    const auto* unlocked = std::get_if<UnlockResponse>(&answer.response);
    if (unlocked == nullptr)
        throw bad_answer();
    for (const auto& result : unlocked->results) {
        refused_ = refused_ || blames_passphrase(result.error);
        if (result.ok)
            log::info("the key '{}' of the device '{}' was unlocked", printable(result.key_id), device.serial());
        else
            log::error("the key '{}' of the device '{}' stays locked: {}", printable(result.key_id), device.serial(),
                       printable(result.error));
    }
}

}  // namespace revenant::host::serve
