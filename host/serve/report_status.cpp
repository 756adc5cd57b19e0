#include <boost/json/array.hpp>

#include "host/serve/report.hpp"
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

json::object device_object(const Line& line, const Lines& lines) {
    json::array keys;
    for (const auto& [address, key] : line.keys())
        keys.emplace_back(key_object(key, lines.disputed(address)));
    return {{"serial", printable(line.serial())},
            {"state", state_text(line.trouble())},
            {"since", line.since()},
            {"revivals", line.revivals()},
            {"keys", std::move(keys)}};
}

}  // namespace

json::object status_object(const Figures& figures, const Lines& lines) {
    json::array devices;
    for (const auto& line : lines.all())
        devices.emplace_back(device_object(line, lines));
    json::object refusals;
    for (const auto& [reason, count] : figures.refusals)
        refusals[reason] = count;
    return {{"program", "signer"},
            {"devices", std::move(devices)},
            {"requests", json::object{{"total", figures.requests}, {"in_flight", figures.in_flight}}},
            {"signatures", figures.signatures},
            {"refusals", std::move(refusals)},
            {"latency", to_json(figures.signing)},
            {"audit_failures", figures.audit_failures}};
}

}  // namespace revenant::host::serve
