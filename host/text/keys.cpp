#include "host/text/keys.hpp"

#include <algorithm>
#include <limits>

#include <boost/json/array.hpp>
#include <fmt/format.h>

#include "common/tezos/text.hpp"
#include "host/text/printable.hpp"
#include "host/text/table.hpp"

namespace revenant::host {
namespace {

namespace json = boost::json;

bool signed_before(const LastSigned& last) {
    return last.level != 0 || last.round != 0;
}

json::value last_json(const LastSigned& last) {
    if (!signed_before(last))
        return nullptr;
    return json::object{{"level", last.level}, {"round", last.round}};
}

template <typename Marks>
void add_marks(json::object& into, const Marks& marks) {
    into["block"] = last_json(marks.block);
    into["preattestation"] = last_json(marks.preattestation);
    into["attestation"] = last_json(marks.attestation);
}

/// The last round stands for all rounds of a level that may have been signed.
std::string last_text(const LastSigned& last) {
    if (last.round == std::uint32_t{std::numeric_limits<std::int32_t>::max()})
        return fmt::format("up to {}", last.level);
    return signed_before(last) ? fmt::format("{} round {}", last.level, last.round) : "-";
}

std::string chain_name(const Bytes& id) {
    tezos::ChainId chain{};
    if (id.size() != chain.size())
        return "?";
    std::copy(id.begin(), id.end(), chain.begin());
    return tezos::chain_text(chain);
}

std::string state_text(const KeyStatus& key, const ChainStatus& chain = {}) {
    if (key.state_corrupted)
        return "marks lost";
    if (chain.reserve_failed)
        return "reserve not written";
    if (chain.refused_until > 0)
        return fmt::format("reserved until level {}", chain.refused_until);
    return chain.degraded ? "degraded" : "ok";
}

template <typename Marks>
void add_row(Table& table, const KeyStatus& key, const std::string& chain, const Marks& marks,
             const std::string& state) {
    table.add({printable(key.key_id), printable(key.address), lock_text(key.lock_state), chain, last_text(marks.block),
               last_text(marks.preattestation), last_text(marks.attestation), state});
}

std::string line(const char* what, const std::string& value) {
    return fmt::format("  {:<19}  {}\n", what, value);
}

template <typename Marks>
std::string marks_lines(const Marks& marks) {
    return line("  block", last_text(marks.block)) + line("  preattestation", last_text(marks.preattestation)) +
           line("  attestation", last_text(marks.attestation));
}

std::string signed_lines(const KeyStatus& key) {
    if (key.lock_state == LockState::locked && key.chains.empty() && !signed_before(key.block))
        return line("signed last", "not shown while it is locked");
    if (key.chains.empty())
        return line("signed last", state_text(key)) + marks_lines(key);
    std::string text;
    for (const auto& chain : key.chains)
        text += line(("on " + chain_name(chain.chain_id)).c_str(), state_text(key, chain)) + marks_lines(chain) +
                (chain.reserve > 0 ? line("  reserve", fmt::format("until level {}", chain.reserve)) : "");
    return text;
}

}  // namespace

const char* lock_text(LockState state) {
    switch (state) {
        case LockState::locked:
            return "locked";
        case LockState::unlocked:
            return "unlocked";
        case LockState::unspecified:
            break;
    }
    return "unknown";
}

bool reserve_failed(const KeyStatus& key) {
    return std::any_of(key.chains.begin(), key.chains.end(),
                       [](const ChainStatus& chain) { return chain.reserve_failed; });
}

json::object key_json(const KeyStatus& key) {
    json::object object{{"id", printable(key.key_id)},
                        {"address", printable(key.address)},
                        {"public_key", printable(key.public_key)},
                        {"proof_of_possession", printable(key.proof)},
                        {"lock", lock_text(key.lock_state)},
                        {"corrupted", key.state_corrupted}};
    add_marks(object, key);
    json::array chains;
    for (const auto& chain : key.chains) {
        json::object entry{{"chain", chain_name(chain.chain_id)},
                           {"degraded", chain.degraded},
                           {"reserve", chain.reserve},
                           {"refused_until", chain.refused_until},
                           {"reserve_failed", chain.reserve_failed}};
        add_marks(entry, chain);
        chains.emplace_back(std::move(entry));
    }
    object["chains"] = std::move(chains);
    return object;
}

std::string status_text(const std::vector<KeyStatus>& keys) {
    if (keys.empty())
        return "The device has no keys: make one with 'revenant new', on a new device after 'revenant init'.\n";
    Table table{{"KEY", "ADDRESS", "LOCK", "CHAIN", "BLOCK", "PREATTESTATION", "ATTESTATION", "STATE"}};
    for (const auto& key : keys) {
        if (key.chains.empty())
            add_row(table, key, "-", key, state_text(key));
        for (const auto& chain : key.chains)
            add_row(table, key, chain_name(chain.chain_id), chain, state_text(key, chain));
    }
    return table.text();
}

std::string full_status_text(const std::vector<KeyStatus>& keys) {
    if (keys.empty())
        return status_text(keys);
    std::string text;
    for (const auto& key : keys) {
        text += (text.empty() ? "" : "\n") + printable(key.key_id) + '\n';
        text += line("address", printable(key.address)) + line("public key", printable(key.public_key));
        if (!key.proof.empty())
            text += line("proof of possession", printable(key.proof));
        text += line("lock", lock_text(key.lock_state)) + signed_lines(key);
    }
    return text;
}

}  // namespace revenant::host
