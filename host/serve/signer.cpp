#include "host/serve/signer.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "common/async/within.hpp"
#include "common/service/notify.hpp"
#include "host/channel/refusal.hpp"

namespace revenant::host::serve {
Signer::Signer(const asio::any_io_executor& executor, const Options& options, const ServeSettings& settings)
    : executor_{executor},
      settings_{settings},
      devices_{executor, options, settings.key_ids},
      flights_{executor},
      signing_permits_{executor} {}

awaitable<void> Signer::run(SignerDevice::OnReady on_ready) {
    return devices_.run(std::move(on_ready));
}

awaitable<void> Signer::tell(std::string where) {
    for (std::string told;;) {
        co_await devices_.until([&] { return summary() != told; });
        told = summary();
        service::status(fmt::format("{}; {}", where, told));
    }
}

std::string Signer::summary() const {
    const auto& all = devices_.all();
    const auto ready = std::count_if(all.begin(), all.end(), [](const SignerDevice& device) { return device.ready(); });
    if (ready == 0)
        return devices_.no_device(settings_.deadline).what();
    if (all.size() == 1)
        return fmt::format("the device '{}' is ready", all.front().serial());
    return fmt::format("{} of {} devices are ready", ready, all.size());
}

awaitable<Signed> Signer::sign(SignerRequest question, Bytes message, std::optional<tezos::Operation> operation) {
    const auto until = deadline();
    co_return co_await flights_.run({question.address, message}, until,
                                    [&] { return make(question, message, operation, until); });
}

awaitable<Signed> Signer::make(const SignerRequest& question, const Bytes& message,
                               const std::optional<tezos::Operation>& operation, Deadline until) {
    auto* const device = co_await route(question.address, until);
    const auto place = co_await signing_permits_.enter(settings_.max_signing, until);
    if (!place) {
        require_device();  // throws the actual cause if no device is ready
        throw Error{Fault::busy,
                    fmt::format("the signer is busy: {} signatures are running; ask again", signing_permits_.inside())};
    }
    static_cast<void>(
        devices_.owner(question.address));  // throws if a second device with the key was plugged in meanwhile
    Request request = SignRequest{question.address, message};
    const auto response = co_await device->ask(request, time_left(until));
    if (const auto* error = std::get_if<ErrorResponse>(&response)) {
        if (error->code == ErrorCode::key_not_found)
            device->is_gone(question.address);
        if (error->code == ErrorCode::key_locked)
            device->is_locked(question.address);
        throw refusal(*error, question.address);
    }
    const auto* made = std::get_if<SignResponse>(&response);
    if (made == nullptr || made->signature.size() != tezos::signature_size(question.curve))
        throw bad_answer();
    device->gave_signature(question.address, operation);
    co_return Signed{tezos::signature_text(question.curve, made->signature), device->serial()};
}

/// The device that has the key, usually known. For an unknown key the devices are asked, since it may be new; devices
/// whose keys are not known yet are waited for.
awaitable<SignerDevice*> Signer::route(const std::string& address, Deadline until) {
    if (auto* const owner = devices_.owner(address))
        co_return owner;
    co_await devices_.refresh(until);
    const auto known = [&] { return devices_.owner(address) != nullptr || keys_are_known(); };
    co_await within(until, devices_.until(known));
    if (auto* const found = devices_.owner(address))
        co_return found;
    if (devices_.acquainted())
        throw Error{
            Fault::key_not_found,
            fmt::format("{} is not a key of {}: see 'revenant list'", address,
                        devices_.all().size() == 1 ? fmt::format("the device '{}'", devices_.all().front().serial())
                                                   : fmt::format("any of the {} devices", devices_.all().size()))};
    if (auto strange = devices_.strange())
        throw std::move(*strange);
    throw devices_.no_device(settings_.deadline);
}

/// Whether waiting for the keys of the devices is over: they are known, or a device will not report them.
bool Signer::keys_are_known() const {
    return devices_.acquainted() || devices_.strange();
}

awaitable<KeyStatus> Signer::key(std::string address) {
    const auto* const device = co_await route(address, deadline());
    co_return device->keys().at(address).status;
}

awaitable<std::vector<KeyStatus>> Signer::keys() {
    const auto until = deadline();
    co_await within(until, devices_.until([this] { return keys_are_known(); }));
    co_await devices_.refresh(until);
    if (auto strange = devices_.strange())
        throw std::move(*strange);
    require_device();
    std::vector<KeyStatus> all;
    for (const auto& device : devices_.all())
        for (const auto& [address, key] : device.keys())
            all.push_back(key.status);
    co_return all;
}

awaitable<void> Signer::require_ready() {
    require_device();
    if (any_unlocked())
        co_return;
    co_await devices_.refresh(deadline());  // a key may have been unlocked since the last refresh
    if (!any_unlocked())
        throw Error{Fault::no_unlocked_key, "no key is unlocked: run 'revenant unlock'"};
}

bool Signer::any_unlocked() const {
    for (const auto& device : devices_.all())
        for (const auto& [address, key] : device.keys())
            if (device.ready() && key.status.lock_state == LockState::unlocked)
                return true;
    return false;
}

void Signer::require_device() const {
    const auto& all = devices_.all();
    if (std::none_of(all.begin(), all.end(), [](const SignerDevice& device) { return device.ready(); }))
        throw devices_.no_device(settings_.deadline);
}

}  // namespace revenant::host::serve
