// The commands that change keys: init, new, unlock, lock, delete, set-level.
#include <algorithm>
#include <cctype>
#include <charconv>

#include <boost/json/array.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "common/tezos/text.hpp"
#include "host/channel/key_id.hpp"
#include "host/cli/choose_keys.hpp"
#include "host/cli/commands.hpp"
#include "host/cli/report.hpp"
#include "host/prompt/terminal.hpp"
#include "host/text/printable.hpp"
#include "host/text/table.hpp"

namespace revenant::host {
namespace {

namespace json = boost::json;

/// The ids for new keys. Some ids would have another meaning on a command line.
std::vector<std::string> new_key_ids(const std::vector<std::string>& operands) {
    auto ids = key_ids(operands);
    for (const auto& id : ids) {
        if (id == "all")
            throw usage_error("the key id 'all' is reserved, since it selects all keys: choose another id");
        if (id.starts_with('-'))
            throw usage_error(
                fmt::format("the key id '{}' begins with '-' and would be read as an option: choose another id", id));
    }
    return ids;
}

std::uint64_t level_number(const std::string& word) {
    std::uint64_t level = 0;
    const auto [end, failed] = std::from_chars(word.data(), word.data() + word.size(), level);
    if (failed != std::errc{} || end != word.data() + word.size())
        throw usage_error(fmt::format("invalid level '{}': expected a whole number", word));
    return level;
}

Bytes chain_of(const Options& options) {
    const auto text = options.text("chain");
    if (text.empty())
        return {};
    const auto chain = tezos::parse_chain(text);
    if (!chain)
        throw usage_error(fmt::format("--chain is '{}': expected a chain id in Base58, as in NetXdQprcVkpaWU", text));
    return {chain->begin(), chain->end()};
}

/// The most severe result decides the exit code.
void note_failure(Report& report, const std::string& error) {
    if (report.exit != Exit::passphrase)
        report.exit = blames_passphrase(error) ? Exit::passphrase : Exit::refused;
}

Report results_report(const std::vector<KeyResult>& results, const char* done) {
    Report report;
    json::array entries;
    Table table{{"KEY", "RESULT"}};
    for (const auto& result : results) {
        json::object entry{{"id", printable(result.key_id)}, {"ok", result.ok}};
        if (!result.ok) {
            entry["error"] = printable(result.error);
            note_failure(report, result.error);
        }
        entries.emplace_back(std::move(entry));
        table.add({printable(result.key_id), result.ok ? done : "failed: " + printable(result.error)});
    }
    report.json = {{"results", std::move(entries)}};
    report.text = results.empty() ? fmt::format("There is no key to be {}.\n", done) : table.text();
    return report;
}

/// "2 keys"
std::string counted(std::size_t keys) {
    return fmt::format("{} key{}", keys, keys == 1 ? "" : "s");
}

/// The ids on the command line; on a terminal without ids, those chosen at a prompt.
awaitable<std::vector<std::string>> ids_or_chosen(const Call& call, std::string what, LockState from) {
    auto ids = key_ids(call.operands);
    if (ids.empty() && call.interactive)
        ids = co_await choose_keys(call, std::move(what), from);
    co_return ids;
}

/// The one key of set-level: the operand before the level, or the key chosen at a prompt.
awaitable<std::string> id_or_chosen(const Call& call) {
    if (call.operands.size() > 1)
        co_return key_id(call.operands.front());
    const auto ids = co_await choose_keys(call, "set the level of");
    if (ids.size() != 1)
        throw usage_error("set-level takes one key at a time: choose one");
    co_return ids.front();
}

/// The given ids; if there are none, those of all keys in state `from`.
awaitable<std::vector<std::string>> ids_or_all(const Call& call, std::vector<std::string> ids, LockState from,
                                               Device& device) {
    if (!ids.empty())
        co_return ids;
    Request request = StatusRequest{};
    const auto status = co_await call.ask<StatusResponse>(device, std::move(request), "reading the keys");
    for (const auto& key : status.keys)
        if (key.lock_state == from)
            ids.push_back(key.key_id);
    co_return ids;
}

}  // namespace

awaitable<Report> init_device(const Call& call, Device& device) {
    const bool deterministic = call.options.flag("deterministic");
    Request request = InitMasterRequest{deterministic, call.passphrase(true)};
    co_await call.ask<OkResponse>(device, std::move(request), "preparing the device");
    Report report;
    report.json = {{"initialised", true}, {"deterministic", deterministic}};
    report.text = deterministic ? "The device is initialised; its keys are derived from one seed.\n"
                                : "The device is initialised.\n";
    co_return report;
}

awaitable<Report> new_keys(const Call& call, Device& device) {
    auto ids = new_key_ids(call.operands);
    const auto kind = call.options.text("kind") == "tz1" ? KeyKind::tz1 : KeyKind::tz4;
    Request request = NewKeysRequest{std::move(ids), call.passphrase(), kind};
    const auto what = "making " + counted(std::max<std::size_t>(call.operands.size(), 1));
    const auto answer = co_await call.ask<NewKeysResponse>(device, std::move(request), what);
    Report report;
    json::array keys;
    Table table{{"KEY", "ADDRESS", "PUBLIC KEY"}};
    for (const auto& key : answer.results) {
        json::object entry{{"id", printable(key.key_id)}, {"ok", key.ok}};
        if (key.ok) {
            entry["address"] = printable(key.address);
            entry["public_key"] = printable(key.public_key);
            table.add({printable(key.key_id), printable(key.address), printable(key.public_key)});
        } else {
            entry["error"] = printable(key.error);
            note_failure(report, key.error);
            table.add({printable(key.key_id), "failed: " + printable(key.error), ""});
        }
        keys.emplace_back(std::move(entry));
    }
    report.json = {{"keys", std::move(keys)}};
    report.text = table.text();
    co_return report;
}

awaitable<Report> unlock_keys(const Call& call, Device& device) {
    auto ids = co_await ids_or_chosen(call, "unlock", LockState::locked);
    auto passphrase = call.passphrase();
    ids = co_await ids_or_all(call, std::move(ids), LockState::locked, device);
    UnlockResponse answer;
    if (!ids.empty()) {
        const auto what = "unlocking " + counted(ids.size());
        Request request = UnlockRequest{std::move(ids), std::move(passphrase)};
        answer = co_await call.ask<UnlockResponse>(device, std::move(request), what);
    }
    co_return results_report(answer.results, "unlocked");
}

awaitable<Report> lock_keys(const Call& call, Device& device) {
    auto ids = co_await ids_or_chosen(call, "lock", LockState::unlocked);
    ids = co_await ids_or_all(call, std::move(ids), LockState::unlocked, device);
    LockResponse answer;
    if (!ids.empty()) {
        const auto what = "locking " + counted(ids.size());
        Request request = LockRequest{std::move(ids)};
        answer = co_await call.ask<LockResponse>(device, std::move(request), what);
    }
    co_return results_report(answer.results, "locked");
}

awaitable<Report> delete_keys(const Call& call, Device& device) {
    auto ids = co_await ids_or_chosen(call, "delete", LockState::unspecified);
    if (!call.options.flag("yes") && !confirmed(fmt::format("Delete {} permanently?", fmt::join(ids, ", ")),
                                                "no terminal to confirm the deletion: use --yes"))
        throw Error{Fault::not_confirmed, "nothing was deleted: the deletion was not confirmed with 'y'"};
    const auto what = "deleting " + counted(ids.size());
    Request request = DeleteKeysRequest{std::move(ids), call.passphrase()};
    const auto answer = co_await call.ask<DeleteKeysResponse>(device, std::move(request), what);
    co_return results_report(answer.results, "deleted");
}

awaitable<Report> set_level(const Call& call, Device& device) {
    const auto level = level_number(call.operands.back());
    auto chain = chain_of(call.options);
    const auto id = co_await id_or_chosen(call);
    auto passphrase = call.options.flag("with-passphrase") ? call.passphrase() : Secret{};
    Request request = SetLevelRequest{id, level, std::move(passphrase), std::move(chain)};
    co_await call.ask<OkResponse>(device, std::move(request), "setting the level");
    Report report;
    report.json = {{"id", id}, {"level", level}, {"ok", true}};
    report.text = fmt::format("The key {} signs nothing at level {} round 0 or below any more.\n", id, level);
    co_return report;
}

}  // namespace revenant::host
