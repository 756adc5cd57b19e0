#pragma once

#include <string>
#include <vector>

#include "host/devices/signer_device.hpp"

namespace revenant::host::serve {

/// Unlocks keys when a device becomes ready, with the passphrase that the service manager gives as the credential
/// `passphrase` (systemd.exec(5)). The management interface is held meanwhile only. One thread.
class AutoUnlock {
public:
    /// The keys' ids; "all": whatever the device has; none: it does nothing.
    explicit AutoUnlock(const std::vector<std::string>& key_ids) : key_ids_{key_ids} {}

    /// Logs the result; throws only operation_aborted. Once a device refused the passphrase, none is
    /// given it again until try_again(): after five wrong ones a device takes no right one either, for a while.
    awaitable<void> unlock(SignerDevice& device);
    void try_again() { refused_ = false; }

private:
    awaitable<void> attempt(SignerDevice& device, std::vector<std::string> ids);
    void judge(const SignerDevice& device, const Answer& answer);
    [[nodiscard]] std::vector<std::string> locked_ids(const SignerDevice& device) const;

    const std::vector<std::string>& key_ids_;
    bool refused_ = false;
};

}  // namespace revenant::host::serve
