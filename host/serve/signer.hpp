#pragma once

#include <string>
#include <vector>

#include "common/async/semaphore.hpp"
#include "host/devices/device_pool.hpp"
#include "host/octez/signer_request.hpp"
#include "host/serve/settings.hpp"
#include "host/serve/single_flight.hpp"

namespace revenant::host::serve {

/// Keys and signatures of the devices, each within the deadline, across replugs. It holds the sign interfaces only; the
/// management interfaces stay free for other programs. One thread.
class Signer {
public:
    /// Throws Error if the options select no usable bus. `settings` may change during its lifetime.
    Signer(const asio::any_io_executor& executor, const Options& options, const ServeSettings& settings);

    /// Maintains the devices until cancelled. Calls `on_ready` for each that becomes ready.
    awaitable<void> run(SignerDevice::OnReady on_ready);
    /// Reports the state of the devices to the service manager, after `where`, until cancelled.
    awaitable<void> tell(std::string where);

    // Each throws Error.

    /// Signs. Requests for one key are served in their order; equal concurrent requests share one signature.
    awaitable<Signed> sign(SignerRequest question, Bytes message, std::optional<tezos::Operation> operation);
    /// A key. A known one needs no request to a device, since its address, public key and proof never change.
    awaitable<KeyStatus> key(std::string address);
    /// All keys of all devices.
    awaitable<std::vector<KeyStatus>> keys();
    /// Throws Error unless a device is ready and one of its keys is unlocked.
    awaitable<void> require_ready();

    /// A sentence: how many devices are ready, or why none is.
    [[nodiscard]] std::string summary() const;

    [[nodiscard]] DevicePool& devices() { return devices_; }

private:
    [[nodiscard]] Deadline deadline() const { return Clock::now() + settings_.deadline; }
    awaitable<Signed> make(const SignerRequest& question, const Bytes& message,
                           const std::optional<tezos::Operation>& operation, Deadline until);
    awaitable<SignerDevice*> route(const std::string& address, Deadline until);
    [[nodiscard]] bool keys_are_known() const;
    void require_device() const;
    [[nodiscard]] bool any_unlocked() const;

    asio::any_io_executor executor_;
    const ServeSettings& settings_;
    DevicePool devices_;
    SingleFlight flights_;
    Semaphore signing_permits_;
};

}  // namespace revenant::host::serve
