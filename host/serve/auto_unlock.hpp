#pragma once

#include <string>
#include <vector>

#include "host/devices/signer_device.hpp"

namespace revenant::host::serve {

struct AutoUnlockSettings {
    std::vector<std::string> key_ids{};  ///< "all": all keys of the device; empty: unlocks nothing
    bool exact = false;                  ///< the passphrase is not converted to Unicode's normal form C
};

/// Unlocks keys when a device becomes ready, with the passphrase in the service manager's credential
/// `passphrase` (systemd.exec(5)). It holds the management interface only while it unlocks. One thread.
class AutoUnlock {
public:
    /// The settings may change.
    explicit AutoUnlock(const AutoUnlockSettings& settings) : settings_{settings} {}

    /// Logs the result; throws only operation_aborted. After a device rejected the passphrase, no device receives it
    /// until try_again(): after five wrong ones a device rejects the right one too, for some time.
    awaitable<void> unlock(SignerDevice& device);
    void try_again() { refused_ = false; }

private:
    awaitable<void> attempt(SignerDevice& device, std::vector<std::string> ids);
    void judge(const SignerDevice& device, const Answer& answer);
    [[nodiscard]] std::vector<std::string> locked_ids(const SignerDevice& device) const;

    const AutoUnlockSettings& settings_;
    bool refused_ = false;
};

}  // namespace revenant::host::serve
