#include "monitor/signer/status.hpp"

#include <algorithm>
#include <cmath>

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>

namespace revenant::monitor {
namespace {

namespace json = boost::json;

constexpr std::size_t max_devices = 16, max_keys = 64, max_kinds = 8, max_reasons = 32, max_bounds = 64;
constexpr std::size_t max_text = 256;

/// Limits the length of a text and replaces control characters with '?'.
std::string clean(std::string_view text) {
    std::string cleaned{text.substr(0, max_text)};
    while (!cleaned.empty() && cleaned.size() < text.size() &&
           (static_cast<unsigned char>(cleaned.back()) & 0x80U) != 0)
        cleaned.pop_back();  // removes a UTF-8 character that the limit cut
    for (auto& letter : cleaned)
        if (static_cast<unsigned char>(letter) < 0x20 || letter == 0x7F)
            letter = '?';
    return cleaned;
}

const json::value* find(const json::object& object, const char* name) {
    return object.if_contains(name);
}

std::string text_of(const json::object& object, const char* name) {
    const auto* value = find(object, name);
    return value != nullptr && value->is_string() ? clean(value->get_string()) : std::string{};
}

std::optional<bool> bool_of(const json::object& object, const char* name) {
    const auto* value = find(object, name);
    return value != nullptr && value->is_bool() ? std::optional{value->get_bool()} : std::nullopt;
}

template <typename Number>
std::optional<Number> number(const json::value& value) {
    json::error_code failed;
    const auto found = value.to_number<Number>(failed);
    return failed ? std::nullopt : std::optional{found};
}

template <typename Number = std::uint64_t>
std::optional<Number> number_of(const json::object& object, const char* name) {
    const auto* value = find(object, name);
    return value != nullptr ? number<Number>(*value) : std::nullopt;
}

/// The objects in an array, at most `most`; nothing if it is not an array.
template <typename Item, typename Read>
std::optional<std::vector<Item>> list_of(const json::object& object, const char* name, std::size_t most, Read read) {
    const auto* value = find(object, name);
    if (value == nullptr || !value->is_array())
        return std::nullopt;
    std::vector<Item> items;
    for (const auto& item : value->get_array())
        if (item.is_object() && items.size() < most)
            items.push_back(read(item.get_object()));
    return items;
}

KeyState read_key(const json::object& object) {
    KeyState key;
    key.id = text_of(object, "id");
    key.address = text_of(object, "address");
    key.lock = text_of(object, "lock");
    key.corrupted = bool_of(object, "corrupted");
    key.conflict = bool_of(object, "conflict");
    key.reserve_failed = bool_of(object, "reserve_failed");
    key.signatures = number_of(object, "signatures");
    key.last_signed = text_of(object, "signed");
    const auto* marks = find(object, "marks");
    if (marks == nullptr || !marks->is_object())
        return key;
    for (const auto& [kind, mark] : marks->get_object())
        if (mark.is_object() && key.marks.size() < max_kinds)
            key.marks.emplace(clean(kind), Mark{number_of<std::int64_t>(mark.get_object(), "level"),
                                                number_of<std::int64_t>(mark.get_object(), "round")});
    return key;
}

DeviceState read_device(const json::object& object) {
    DeviceState device;
    device.serial = text_of(object, "serial");
    device.state = text_of(object, "state");
    device.since = text_of(object, "since");
    device.revivals = number_of(object, "revivals");
    device.keys = list_of<KeyState>(object, "keys", max_keys, read_key);
    return device;
}

std::optional<std::map<std::string, std::uint64_t>> read_counts(const json::object& object, const char* name) {
    const auto* value = find(object, name);
    if (value == nullptr || !value->is_object())
        return std::nullopt;
    std::map<std::string, std::uint64_t> counts;
    for (const auto& [reason, count] : value->get_object())
        if (const auto found = number<std::uint64_t>(count); found && counts.size() < max_reasons)
            counts.emplace(clean(reason), *found);
    return counts;
}

template <typename Number>
std::optional<std::vector<Number>> numbers(const json::object& object, const char* name) {
    const auto* value = find(object, name);
    if (value == nullptr || !value->is_array() || value->get_array().size() > max_bounds + 1)
        return std::nullopt;
    std::vector<Number> all;
    for (const auto& item : value->get_array()) {
        const auto found = number<Number>(item);
        if (!found)
            return std::nullopt;
        all.push_back(*found);
    }
    return all;
}

/// Rejects an inconsistent histogram.
std::optional<Histogram> read_latency(const json::object& status) {
    const auto* value = find(status, "latency");
    if (value == nullptr || !value->is_object())
        return std::nullopt;
    const auto& object = value->get_object();
    const auto bounds = numbers<double>(object, "bounds");
    const auto counts = numbers<std::uint64_t>(object, "counts");
    if (!bounds || !counts || counts->size() != bounds->size() + 1)
        return std::nullopt;
    const auto not_rising = [](double one, double next) { return !(one < next); };
    if (std::adjacent_find(bounds->begin(), bounds->end(), not_rising) != bounds->end())
        return std::nullopt;
    Histogram latency{*bounds, *counts, number_of<double>(object, "sum").value_or(0), 0};
    for (const auto one : *counts)
        latency.count += one;  // ignores the field "count": it must be the sum
    if (!std::isfinite(latency.sum))
        latency.sum = 0;
    return latency;
}

template <typename Value>
void put(json::object& into, const char* name, const std::optional<Value>& value) {
    if (value)
        into[name] = *value;
}

void put(json::object& into, const char* name, const std::string& value) {
    if (!value.empty())
        into[name] = value;
}

json::object to_json(const KeyState& key) {
    json::object object;
    put(object, "id", key.id);
    put(object, "address", key.address);
    put(object, "lock", key.lock);
    put(object, "corrupted", key.corrupted);
    put(object, "conflict", key.conflict);
    put(object, "reserve_failed", key.reserve_failed);
    put(object, "signatures", key.signatures);
    put(object, "signed", key.last_signed);
    json::object marks;
    for (const auto& [kind, mark] : key.marks) {
        json::object shown;
        put(shown, "level", mark.level);
        put(shown, "round", mark.round);
        marks[kind] = std::move(shown);
    }
    if (!marks.empty())
        object["marks"] = std::move(marks);
    return object;
}

json::object to_json(const DeviceState& device) {
    json::object object;
    put(object, "serial", device.serial);
    put(object, "state", device.state);
    put(object, "since", device.since);
    put(object, "revivals", device.revivals);
    if (device.keys) {
        json::array keys;
        for (const auto& key : *device.keys)
            keys.push_back(to_json(key));
        object["keys"] = std::move(keys);
    }
    return object;
}

}  // namespace

std::optional<SignerStatus> read_status(std::string_view line) {
    if (line.size() > max_line)
        return std::nullopt;
    json::error_code failed;
    const auto value = json::parse(line, failed);  // default nesting limit: 32
    if (failed || !value.is_object())
        return std::nullopt;
    const auto& object = value.get_object();
    SignerStatus status;
    status.program = text_of(object, "program");
    status.version = text_of(object, "version");
    status.started = text_of(object, "started");
    status.listening = text_of(object, "listening");
    status.pid = number_of(object, "pid");
    status.descriptors = number_of(object, "descriptors");
    status.threads = number_of(object, "threads");
    status.pss_kib = number_of(object, "pss_kib");
    status.devices = list_of<DeviceState>(object, "devices", max_devices, read_device);
    if (const auto* requests = find(object, "requests"); requests != nullptr && requests->is_object()) {
        status.requests = number_of(requests->get_object(), "total");
        status.in_flight = number_of(requests->get_object(), "in_flight");
    }
    status.signatures = number_of(object, "signatures");
    status.audit_failures = number_of(object, "audit_failures");
    status.refusals = read_counts(object, "refusals");
    status.latency = read_latency(object);
    return status;
}

json::object to_json(const SignerStatus& status) {
    json::object object;
    put(object, "program", status.program);
    put(object, "version", status.version);
    put(object, "started", status.started);
    put(object, "listening", status.listening);
    put(object, "pid", status.pid);
    put(object, "descriptors", status.descriptors);
    put(object, "threads", status.threads);
    put(object, "pss_kib", status.pss_kib);
    if (status.devices) {
        json::array devices;
        for (const auto& device : *status.devices)
            devices.push_back(to_json(device));
        object["devices"] = std::move(devices);
    }
    json::object requests;
    put(requests, "total", status.requests);
    put(requests, "in_flight", status.in_flight);
    if (!requests.empty())
        object["requests"] = std::move(requests);
    put(object, "signatures", status.signatures);
    put(object, "audit_failures", status.audit_failures);
    if (status.refusals) {
        json::object refusals;
        for (const auto& [reason, count] : *status.refusals)
            refusals[reason] = count;
        object["refusals"] = std::move(refusals);
    }
    if (status.latency)
        object["latency"] = revenant::to_json(*status.latency);
    return object;
}

}  // namespace revenant::monitor
