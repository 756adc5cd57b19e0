#include "host/cli/choose_keys.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <sstream>

#include <fmt/format.h>

#include "host/channel/key_id.hpp"
#include "host/prompt/terminal.hpp"
#include "host/text/keys.hpp"
#include "host/text/printable.hpp"
#include "host/text/table.hpp"

namespace revenant::host {
namespace {

std::vector<std::string> words_of(std::string line) {
    std::replace(line.begin(), line.end(), ',', ' ');
    std::istringstream words{line};
    return {std::istream_iterator<std::string>{words}, {}};
}

const KeyStatus* with_id(const std::string& word, const std::vector<KeyStatus>& keys) {
    const auto found = std::find_if(keys.begin(), keys.end(), [&](const KeyStatus& key) { return key.key_id == word; });
    return found == keys.end() ? nullptr : &*found;
}

const KeyStatus* with_number(const std::string& word, const std::vector<KeyStatus>& keys) {
    std::size_t number = 0;
    const auto [end, failed] = std::from_chars(word.data(), word.data() + word.size(), number);
    const bool fits = failed == std::errc{} && end == word.data() + word.size() && number >= 1 && number <= keys.size();
    return fits ? &keys[number - 1] : nullptr;
}

/// A line is never interpreted by a guess: it may delete a key.
[[noreturn]] void ambiguous(const std::string& word, const char* other) {
    throw usage_error(
        fmt::format("'{0}' is the id of a key and {1}: run the command again with the ids as operands", word, other));
}

std::string meant_by(const std::string& word, const std::vector<KeyStatus>& keys) {
    const auto* const by_number = with_number(word, keys);
    const auto* const by_id = with_id(by_number != nullptr ? word : key_id(word), keys);
    if (by_number != nullptr && by_id != nullptr && by_number != by_id)
        ambiguous(word, "the number of another one");
    if (by_number == nullptr && by_id == nullptr)
        throw usage_error(
            fmt::format("'{}' is neither a number of the list nor the id of a key: nothing was done", printable(word)));
    return (by_id != nullptr ? by_id : by_number)->key_id;
}

/// Reads the device's keys. The interface is released before the prompt.
awaitable<std::vector<KeyStatus>> keys_now(const Call& call) {
    std::vector<KeyStatus> keys;
    std::optional<Device> device;  // outlives the group's coroutines, which use it
    const auto body = [&](TaskGroup& group) -> awaitable<void> {
        device.emplace(group, call.options, Interface::management);
        Request request = StatusRequest{};
        auto status = co_await call.ask<StatusResponse>(*device, std::move(request), "reading the keys");
        keys = std::move(status.keys);
    };
    co_await with_group(body);
    co_return keys;
}

}  // namespace

std::string numbered(const std::vector<KeyStatus>& keys) {
    Table table{{"", "KEY", "ADDRESS", "LOCK"}};
    for (std::size_t at = 0; at < keys.size(); ++at)
        table.add({std::to_string(at + 1), printable(keys[at].key_id), printable(keys[at].address),
                   lock_text(keys[at].lock_state)});
    return table.text();
}

std::vector<std::string> chosen_keys(const std::string& line, const std::vector<KeyStatus>& keys, LockState from) {
    std::vector<std::string> ids;
    const auto words = words_of(line);
    if (words == std::vector<std::string>{"all"}) {
        if (keys.size() > 1 && with_id("all", keys) != nullptr)
            ambiguous("all", "the word for all keys");
        for (const auto& key : keys)
            if (from == LockState::unspecified || key.lock_state == from)
                ids.push_back(key.key_id);
        return ids;
    }
    for (const auto& word : words)
        if (auto id = meant_by(word, keys); std::find(ids.begin(), ids.end(), id) == ids.end())
            ids.push_back(std::move(id));
    return ids;
}

awaitable<std::vector<std::string>> choose_keys(const Call& call, std::string what, LockState from) {
    const auto keys = co_await keys_now(call);
    if (keys.empty())
        throw Error{Fault::no_keys, fmt::format("the device has no key to {}: make one with 'revenant new'", what)};
    const auto question =
        fmt::format("{}Which to {} (numbers or ids, 'all', or an empty line to cancel)? ", numbered(keys), what);
    auto ids =
        chosen_keys(answer_to(question, "no terminal to prompt for the keys: give their ids as operands"), keys, from);
    if (ids.empty())
        throw Error{Fault::none_chosen, fmt::format("no key was chosen: nothing to {}", what)};
    co_return ids;
}

}  // namespace revenant::host
