// The verbs that only look: devices, list, status, logs, version.
#include <algorithm>

#include <boost/json/array.hpp>
#include <fmt/format.h>

#include "common/core/backoff.hpp"
#include "common/version.hpp"
#include "host/verbs.hpp"

namespace revenant::host {
namespace {

namespace json = boost::json;

// A loopback device is plugged in by our own connection; its gadget then needs a moment.
constexpr std::chrono::milliseconds settling_time = 1s;
constexpr std::int64_t most_log_lines = 100'000;

const char* text(Readiness readiness) {
    switch (readiness) {
        case Readiness::ready:
            return "ready";
        case Readiness::not_ready:
            return "not ready";
        case Readiness::silent:
            return "silent";
        case Readiness::foreign:
            return "no signing device";
        case Readiness::absent:
            break;
    }
    return "absent";
}

/// Probes until the device is ready, is known not to be there, or the time is up.
awaitable<Readiness> settled(Link& link, std::chrono::milliseconds limit) {
    const auto end = std::chrono::steady_clock::now() + limit;
    Backoff pause{10ms, 500ms};
    for (;;) {
        const auto readiness = co_await link.probe();
        if (readiness != Readiness::not_ready || std::chrono::steady_clock::now() >= end)
            co_return readiness;
        co_await link.changed(pause.next());
    }
}

json::array keys_json(const std::vector<KeyStatus>& keys) {
    json::array array;
    for (const auto& key : keys)
        array.emplace_back(key_json(key));
    return array;
}

/// Only those that were asked for, all if none was; a missing one is a failure that names it.
std::vector<KeyStatus> chosen(std::vector<KeyStatus> keys, const std::vector<std::string>& ids) {
    for (const auto& id : ids)
        if (std::none_of(keys.begin(), keys.end(), [&](const KeyStatus& key) { return key.key_id == id; }))
            throw Failure{Exit::failed, "no_such_key",
                          fmt::format("the device has no key '{}': 'revenant list' shows those that it has", id)};
    if (!ids.empty())
        std::erase_if(keys,
                      [&](const KeyStatus& key) { return std::find(ids.begin(), ids.end(), key.key_id) == ids.end(); });
    return keys;
}

}  // namespace

awaitable<Report> list_devices(const Call& call, Device& /*device*/) {
    const auto link = open_link(co_await asio::this_coro::executor, call.options, Interface::management);
    const auto limit = chosen_deadline(call.options).value_or(settling_time);
    const auto readiness = co_await settled(*link, limit);
    Report report;
    json::array devices;
    Table table{{"DEVICE", "BUS", "STATE"}};
    if (readiness != Readiness::absent) {
        devices.emplace_back(json::object{{"serial", link->serial()}, {"bus", "loopback"}, {"state", text(readiness)}});
        table.add({link->serial(), "loopback", text(readiness)});
    }
    report.text = !devices.empty() ? table.text()
                                   : fmt::format(
                                         "No device is on the cable at '{}': start the device's programs, or "
                                         "name their directory with --run-dir.\n",
                                         link->serial());
    report.json = {{"devices", std::move(devices)}};
    co_return report;
}

awaitable<Report> list_keys(const Call& /*call*/, Device& device) {
    Request request = StatusRequest{};
    const auto status = co_await device.ask<StatusResponse>(std::move(request));
    Report report;
    json::array keys;
    Table table{{"KEY", "ADDRESS", "LOCK"}};
    for (const auto& key : status.keys) {
        keys.emplace_back(json::object{{"id", printable(key.key_id)},
                                       {"address", printable(key.address)},
                                       {"public_key", printable(key.public_key)},
                                       {"lock", lock_text(key.lock_state)}});
        table.add({printable(key.key_id), printable(key.address), lock_text(key.lock_state)});
    }
    report.json = {{"keys", std::move(keys)}};
    report.text = status.keys.empty() ? status_text({}) : table.text();
    co_return report;
}

awaitable<Report> show_status(const Call& call, Device& device) {
    const auto ids = key_ids(call.operands);
    Request request = StatusRequest{};
    auto status = co_await device.ask<StatusResponse>(std::move(request));
    const auto keys = chosen(std::move(status.keys), ids);
    Report report;
    report.json = {{"device", device.serial()}, {"keys", keys_json(keys)}};
    report.text = status_text(keys);
    co_return report;
}

awaitable<Report> state_of(Device& device) {
    Request about_master = InitInfoRequest{};
    const auto info = co_await device.ask<InitInfoResponse>(std::move(about_master));
    Request about_keys = StatusRequest{};
    const auto status = co_await device.ask<StatusResponse>(std::move(about_keys));
    Report report;
    report.json = {
        {"initialised", info.master_present}, {"deterministic", info.deterministic}, {"keys", keys_json(status.keys)}};
    report.text = fmt::format("The device is {}initialised{}.\n", info.master_present ? "" : "not ",
                              info.deterministic ? ", with deterministic keys" : "") +
                  status_text(status.keys);
    co_return report;
}

awaitable<Report> show_logs(const Call& call, Device& device) {
    LogsRequest logs;
    if (!call.options.text("limit").empty())
        logs.limit = static_cast<std::uint32_t>(call.options.number("limit", 1, most_log_lines));
    Request request = logs;
    const auto answer = co_await device.ask<LogsResponse>(std::move(request));
    Report report;
    json::array lines;
    for (const auto& line : answer.lines) {
        lines.emplace_back(printable(line));
        report.text += printable(line) + '\n';
    }
    report.json = {{"lines", std::move(lines)}};
    co_return report;
}

awaitable<Report> show_version(const Call& /*call*/, Device& device) {
    Request request = VersionRequest{};
    const auto answer = co_await device.ask<VersionResponse>(std::move(request));
    Report report;
    report.json = {
        {"host", json::object{{"version", version}, {"build_date", build_date()}}},
        {"device", json::object{{"version", printable(answer.version)}, {"build_date", printable(answer.build_date)}}}};
    Table table{{"END", "VERSION", "BUILT"}};
    table.add({"host", version, build_date()});
    table.add({"device", printable(answer.version), printable(answer.build_date)});
    report.text = table.text();
    co_return report;
}

}  // namespace revenant::host
