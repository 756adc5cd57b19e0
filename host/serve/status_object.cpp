#include <boost/json/array.hpp>

#include "host/serve/status.hpp"
#include "host/text/keys.hpp"
#include "host/text/printable.hpp"

namespace revenant::host::serve {
namespace {

namespace json = boost::json;

json::object mark_object(const LastSigned& mark) {
    return {{"level", mark.level}, {"round", mark.round}};
}

json::object key_object(const KnownKey& key, bool disputed) {
    const auto& status = key.status;
    json::object object{{"id", printable(status.key_id)},
                        {"address", status.address},
                        {"lock", lock_text(status.lock_state)},
                        {"corrupted", status.state_corrupted},
                        {"reserve_failed", reserve_failed(status)},
                        {"conflict", disputed},
                        {"signatures", key.signatures},
                        {"signed", nullptr},
                        {"marks", json::object{{"block", mark_object(status.block)},
                                               {"preattestation", mark_object(status.preattestation)},
                                               {"attestation", mark_object(status.attestation)}}}};
    if (!key.signed_at.empty())
        object["signed"] = key.signed_at;
    return object;
}

json::object device_object(const SignerDevice& device, const DevicePool& devices) {
    json::array keys;
    for (const auto& [address, key] : device.keys())
        keys.emplace_back(key_object(key, devices.disputed(address)));
    return {{"serial", printable(device.serial())},
            {"state", state_text(device.fault())},
            {"since", device.since()},
            {"revivals", device.revivals()},
            {"keys", std::move(keys)}};
}

}  // namespace

json::object status_object(const SignerMetrics& metrics, const DevicePool& pool) {
    json::array devices;
    for (const auto& device : pool.all())
        devices.emplace_back(device_object(device, pool));
    json::object refusals;
    for (const auto& [reason, count] : metrics.refusals)
        refusals[reason] = count;
    return {{"program", "signer"},
            {"devices", std::move(devices)},
            {"requests", json::object{{"total", metrics.requests}, {"in_flight", metrics.in_flight}}},
            {"signatures", metrics.signatures},
            {"refusals", std::move(refusals)},
            {"latency", to_json(metrics.signing)},
            {"audit_failures", metrics.audit_failures}};
}

}  // namespace revenant::host::serve
