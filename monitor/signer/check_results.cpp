#include "monitor/signer/check_results.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

namespace revenant::monitor {
namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 7> known_states{{
    {"absent", "not plugged in or switched off"},
    {"not_ready", "plugged in, but no gadget is alive behind it: see the device's log"},
    {"silent", "no response on its control endpoint: try 'revenant reset'"},
    {"foreign", "not a signing device of this protocol version: update revenant on both ends"},
    {"forbidden", "the signer has no permission to open it: check the group of the device node"},
    {"several", "several devices are plugged in: select one with the signer's --serial"},
    {"held", "another program holds its sign interface: stop that program"},
}};

bool unlocked(const KeyState& key) {
    return key.lock == "unlocked" && !key.corrupted.value_or(false) && !key.conflict.value_or(false);
}

std::size_t count_unlocked(const DeviceState& device) {
    const auto keys = device.keys.value_or(std::vector<KeyState>{});
    return static_cast<std::size_t>(std::count_if(keys.begin(), keys.end(), unlocked));
}

CheckResult device_result(const DeviceState& device) {
    if (device.state != "ready") {
        const auto* const known_state = std::find_if(known_states.begin(), known_states.end(),
                                                     [&](const auto& known) { return known.first == device.state; });
        if (known_state == known_states.end())
            return {Health::unknown, "the signer does not report its state"};
        return {Health::unhealthy, std::string{known_state->second}};
    }
    if (!device.keys)
        return {Health::healthy, "ready; the signer does not report its keys"};
    if (device.keys->empty())  // a signer that has just started has not listed them yet
        return {Health::unknown, "ready, but no keys are known yet"};
    const auto ready = count_unlocked(device);
    if (ready == 0)
        return {Health::unhealthy,
                fmt::format("ready, but none of its {} keys can sign: unlock them with 'revenant unlock'",
                            device.keys->size())};
    return {Health::healthy, fmt::format("ready, {} of its {} keys can sign", ready, device.keys->size())};
}

CheckResult key_result(const KeyState& key) {
    if (key.corrupted.value_or(false))
        return {Health::unhealthy, "watermark corrupted: see the operator's guide before it signs again"};
    if (key.conflict.value_or(false))
        return {Health::unhealthy, "present on several devices: unplug all but one"};
    if (key.lock == "locked")
        return {Health::unhealthy, "locked: unlock it with 'revenant unlock'"};
    if (key.lock == "unlocked" && key.reserve_failed.value_or(false))
        return {Health::degraded, "its reserve cannot be written: check the device's card before it is used up"};
    if (key.lock == "unlocked")
        return {Health::healthy, "unlocked"};
    return {Health::unknown, "the signer does not report whether it is unlocked"};
}

/// While the signer does not respond the health is unknown; the last known reason stays visible.
CheckResult as_heard(CheckResult result, bool heard) {
    if (heard)
        return result;
    return {Health::unknown, "last known: " + result.reason, std::nullopt, 0, "", true};
}

}  // namespace

std::vector<NamedResult> check_results_of(const SignerStatus& status, bool heard) {
    std::vector<NamedResult> all;
    if (status.devices && status.devices->empty())
        all.push_back({"device:none", "device", true, as_heard({Health::unhealthy, "no device is plugged in"}, heard)});
    for (const auto& device : status.devices.value_or(std::vector<DeviceState>{})) {
        const auto serial = device.serial.empty() ? "unnamed" : device.serial;
        all.push_back({"device:" + serial, "device", true, as_heard(device_result(device), heard)});
        for (const auto& key : device.keys.value_or(std::vector<KeyState>{})) {
            const auto& name = key.address.empty() ? key.id : key.address;
            if (!name.empty())
                all.push_back({"key:" + name, "key", false, as_heard(key_result(key), heard)});
        }
    }
    return all;
}

CheckResult host_result(const SignerStatus& status) {
    return {Health::healthy, status.listening.empty() ? "responds" : "listening on " + status.listening};
}

bool can_sign(const SignerStatus& status) {
    const auto devices = status.devices.value_or(std::vector<DeviceState>{});
    return std::any_of(devices.begin(), devices.end(), [](const DeviceState& device) {
        return device.state == "ready" && (!device.keys || count_unlocked(device) > 0);
    });
}

}  // namespace revenant::monitor
