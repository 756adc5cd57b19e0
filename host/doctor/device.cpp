#include "host/doctor/device.hpp"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "common/core/version.hpp"
#include "host/link/usb_devices.hpp"
#include "host/text/printable.hpp"

namespace revenant::host::doctor {
namespace {

namespace fs = std::filesystem;

template <typename Expected>
const Expected* response_in(const Answer& answer) {
    return answer.outcome == Answer::Outcome::answered ? std::get_if<Expected>(&answer.response) : nullptr;
}

/// The reason why the expected response is missing.
std::string excuse(const Answer& answer) {
    if (answer.outcome == Answer::Outcome::unreadable)
        return "the device's answer cannot be read";
    if (answer.outcome != Answer::Outcome::answered)
        return "the device did not answer in time";
    if (const auto* error = std::get_if<ErrorResponse>(&answer.response))
        return fmt::format("the device refused (error {}): {}", static_cast<std::uint32_t>(error->code),
                           printable(error->message));
    return "the device sent a response of the wrong type";
}

bool is_number(const std::string& name) {
    return !name.empty() && std::all_of(name.begin(), name.end(), [](unsigned char c) { return std::isdigit(c) != 0; });
}

bool has_open(const fs::path& process, const fs::path& node) {
    std::error_code failed;
    for (fs::directory_iterator at{process / "fd", failed}, end; !failed && at != end; at.increment(failed)) {
        std::error_code ignored;
        if (fs::read_symlink(at->path(), ignored) == node)
            return true;
    }
    return false;
}

/// Returns the ids of the keys that match, joined; empty if there is none.
template <typename Fits>
std::string ids(const std::vector<KeyStatus>& keys, const Fits& fits) {
    std::vector<std::string> found;
    for (const auto& key : keys)
        if (fits(key))
            found.push_back(printable(key.key_id));
    return fmt::format("{}", fmt::join(found, ", "));
}

Check check_locks(const std::vector<KeyStatus>& keys) {
    if (const auto strange = ids(keys, [](const KeyStatus& key) { return key.lock_state == LockState::unspecified; });
        !strange.empty())
        return unknown("locks", "the device does not report the lock state of these keys: " + strange);
    if (const auto locked = ids(keys, [](const KeyStatus& key) { return key.lock_state == LockState::locked; });
        !locked.empty())
        return problem("locks", "these keys are locked and cannot sign: " + locked, "run 'revenant unlock'");
    return fine("locks", "all keys are unlocked");
}

/// A locked key does not report its marks.
bool tells_marks(const KeyStatus& key) {
    return key.lock_state == LockState::unlocked || key.state_corrupted || !key.chains.empty();
}

Checks check_marks(const std::vector<KeyStatus>& keys) {
    Checks checks;
    const auto corrupted = ids(keys, [](const KeyStatus& key) { return key.state_corrupted; });
    const auto on_some_chain = [&](auto member) {
        return ids(keys, [member](const KeyStatus& key) {
            return std::any_of(key.chains.begin(), key.chains.end(),
                               [member](const ChainStatus& chain) { return chain.*member != 0; });
        });
    };
    const auto degraded = on_some_chain(&ChainStatus::degraded);
    const auto unwritten = on_some_chain(&ChainStatus::reserve_failed);
    const auto refused = on_some_chain(&ChainStatus::refused_until);
    const auto silent = ids(keys, [](const KeyStatus& key) { return !tells_marks(key); });
    if (!corrupted.empty())
        checks.push_back(problem("marks", "the marks of these keys are lost, so they cannot sign: " + corrupted,
                                 "run 'revenant set-level ID LEVEL --with-passphrase' with a level above every "
                                 "signed one"));
    if (!degraded.empty())
        checks.push_back(
            problem("marks", "these keys lost a slot of a mark in a power cut and continue above a bound: " + degraded,
                    "the first time do nothing, otherwise replace the device's card"));
    if (!unwritten.empty())
        checks.push_back(problem("marks", "the device cannot write the next reserve of these keys: " + unwritten,
                                 "check the device's card before the reserve is used up: see the gadget's log"));
    if (!refused.empty())
        checks.push_back(
            problem("marks", "the power was cut, so these keys sign nothing up to the level that was reserved: " + refused,
                    "wait some levels: signing resumes automatically"));
    if (!silent.empty())
        checks.push_back(unknown("marks", "locked keys do not report their marks: " + silent));
    if (checks.empty())
        checks.push_back(fine("marks", "all marks are intact"));
    return checks;
}

}  // namespace

Check check_readiness(Readiness readiness) {
    const std::string name = "readiness";
    switch (readiness) {
        case Readiness::ready:
            return fine(name, "the device's controller is enabled and a gadget is alive behind it");
        case Readiness::not_ready:
            return problem(name, "the device is plugged in, but no gadget is alive behind it",
                           "on the device see 'systemctl status revenant-gadget revenant-liveness' and the logs");
        case Readiness::silent:
            return problem(name,
                           "the device does not answer on its control endpoint: its registrar is stuck or stopped",
                           "run 'revenant reset', or restart revenant-registrar on the device");
        case Readiness::foreign:
            return problem(name, "the plugged-in device is not a signing device of protocol version 1",
                           "check --vendor-id and --product-id, or update revenant on both ends");
        case Readiness::forbidden:
            return unknown(name, "this user may not open the device");
        case Readiness::several:
            return unknown(name, "several devices match");
        case Readiness::held:
            return unknown(name, "another program holds the management interface");
        case Readiness::absent:
            break;
    }
    return problem(name, "no device responds on the cable", "check the cable and that the device's registrar runs");
}

std::vector<std::string> holders_of(const fs::path& node, const fs::path& processes) {
    std::vector<std::string> found;
    std::error_code failed, ignored;
    const auto own = fs::read_symlink(processes / "self", ignored).string();
    for (fs::directory_iterator at{processes, failed}, end; !failed && at != end; at.increment(failed)) {
        const auto pid = at->path().filename().string();
        if (is_number(pid) && pid != own && has_open(at->path(), node))
            found.push_back(fmt::format("{} (pid {})", attribute(at->path() / "comm"), pid));
    }
    std::sort(found.begin(), found.end());
    return found;
}

Check check_interface(Interface interface, Hold hold, const std::vector<std::string>& holders) {
    const auto title = fmt::format("{} interface", name(interface));
    const auto who = holders.empty() ? std::string{"another program"} : fmt::format("{}", fmt::join(holders, ", "));
    switch (hold) {
        case Hold::free:
            return fine(title, "free");
        case Hold::held:
            if (interface == Interface::sign)
                return fine(title, fmt::format("held by {}; a remote signer holds it while it runs", who));
            return problem(title, fmt::format("held by {}", who), "end that program, or try again when it is done");
        case Hold::neither:
            break;
    }
    return unknown(title, "the claim failed, although no other program holds it");
}

Check check_versions(const Answer& answer) {
    const auto* device = response_in<VersionResponse>(answer);
    if (device == nullptr)
        return unknown("versions", excuse(answer));
    const auto theirs = printable(device->version);
    if (theirs.empty())
        return unknown("versions", fmt::format("this end is {}, and the device does not report its version", version));
    if (theirs == version)
        return fine("versions", fmt::format("both ends are {}", version));
    return fine("versions", fmt::format("this end is {}, the device {}; compatible, both speak protocol version 1",
                                        version, theirs));
}

Checks check_keys(const Answer& about_master, const Answer& about_keys) {
    const auto* master = response_in<InitInfoResponse>(about_master);
    if (master != nullptr && !master->master_present)
        return {problem("keys", "the device is not initialised", "run 'revenant init', then 'revenant new'")};
    const auto* status = response_in<StatusResponse>(about_keys);
    if (status == nullptr) {
        const auto why = excuse(about_keys);
        return {unknown("keys", why), unknown("locks", why), unknown("marks", why)};
    }
    const auto& keys = status->keys;
    if (keys.empty())
        return {problem("keys", "the device has no keys", "create one with 'revenant new'")};
    Checks checks{fine("keys", fmt::format("the device has {} key{}", keys.size(), keys.size() == 1 ? "" : "s")),
                  check_locks(keys)};
    for (auto& check : check_marks(keys))
        checks.push_back(std::move(check));
    return checks;
}

}  // namespace revenant::host::doctor
