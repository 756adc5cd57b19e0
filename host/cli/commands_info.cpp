// The commands that only read: list, status, logs, version.
#include <algorithm>

#include <boost/json/array.hpp>
#include <fmt/format.h>

#include "common/core/version.hpp"
#include "host/channel/key_id.hpp"
#include "host/cli/commands.hpp"
#include "host/text/keys.hpp"
#include "host/text/printable.hpp"
#include "host/text/table.hpp"

namespace revenant::host {
namespace {

namespace json = boost::json;

constexpr std::int64_t max_log_lines = 100'000;

json::array keys_json(const std::vector<KeyStatus>& keys) {
    json::array array;
    for (const auto& key : keys)
        array.emplace_back(key_json(key));
    return array;
}

/// The keys with these ids; all if there are no ids. Throws Error that names a missing key.
std::vector<KeyStatus> chosen(std::vector<KeyStatus> keys, const std::vector<std::string>& ids) {
    for (const auto& id : ids)
        if (std::none_of(keys.begin(), keys.end(), [&](const KeyStatus& key) { return key.key_id == id; }))
            throw key_not_found(id);
    if (!ids.empty())
        std::erase_if(keys,
                      [&](const KeyStatus& key) { return std::find(ids.begin(), ids.end(), key.key_id) == ids.end(); });
    return keys;
}

}  // namespace

awaitable<Report> list_keys(const Call& call, Device& device) {
    Request request = StatusRequest{};
    const auto status = co_await call.ask<StatusResponse>(device, std::move(request), "reading the keys");
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
    auto status = co_await call.ask<StatusResponse>(device, std::move(request), "reading the keys");
    const auto keys = chosen(std::move(status.keys), ids);
    Report report;
    report.json = {{"device", device.serial()}, {"keys", keys_json(keys)}};
    report.text = call.options.flag("full") ? full_status_text(keys) : status_text(keys);
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
    Request request = LogsRequest{static_cast<std::uint32_t>(call.options.number("limit", 1, max_log_lines))};
    const auto answer = co_await call.ask<LogsResponse>(device, std::move(request), "reading the log");
    Report report;
    json::array lines;
    for (const auto& line : answer.lines) {
        lines.emplace_back(printable(line));
        report.text += printable(line) + '\n';
    }
    report.json = {{"lines", std::move(lines)}};
    co_return report;
}

awaitable<Report> show_version(const Call& call, Device& device) {
    Request request = VersionRequest{};
    const auto answer = co_await call.ask<VersionResponse>(device, std::move(request), "asking for the version");
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
