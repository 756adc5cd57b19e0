#include "host/cli/load.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include <boost/json/array.hpp>
#include <fmt/format.h>

#include "common/tezos/text.hpp"

namespace revenant::host {
namespace {

namespace json = boost::json;
using Microseconds = std::chrono::duration<double, std::micro>;

void put_int32(Bytes& into, std::int32_t value) {
    for (int shift = 24; shift >= 0; shift -= 8)
        into.push_back(static_cast<std::uint8_t>(static_cast<std::uint32_t>(value) >> static_cast<unsigned>(shift)));
}

bool is_set(const LastSigned& mark) {
    return mark.level != 0 || mark.round != 0;
}

/// A level that set-level left, and no signature since.
bool only_level_set(const KeyStatus& key) {
    const auto same = [&](const LastSigned& mark) { return mark.level == key.block.level && mark.round == 0; };
    return is_set(key.block) && same(key.block) && same(key.preattestation) && same(key.attestation);
}

/// For a key that reports no chains.
LoadKey key_without_chains(LoadKey load, const KeyStatus& key) {
    if (only_level_set(key))
        throw Error{Fault::refused,
                    fmt::format("the key {} cannot be measured: its level was set to {} and it has signed nothing "
                                "since, so the benchmark would use up that protection: name another key with --keys, "
                                "or measure answers to status with --kind status",
                                key.key_id, key.block.level)};
    load.one_mark = is_set(key.block) || is_set(key.preattestation) || is_set(key.attestation);
    if (is_set(key.attestation)) {
        load.level = static_cast<std::int32_t>(key.attestation.level);
        load.round = key.attestation.round + 1;
    }
    return load;
}

LoadKey load_key(const KeyStatus& key) {
    const auto curve = tezos::curve_of_address(key.address);
    if (!curve || key.lock_state != LockState::unlocked)
        throw Error{Fault::key_locked,
                    fmt::format("the key {} is not unlocked: run 'revenant unlock {}'", key.key_id, key.key_id)};
    if (key.chains.empty())
        return key_without_chains({key.address, *curve, 1}, key);
    std::uint64_t highest = 0;
    for (const auto& chain : key.chains)
        if (std::equal(chain.chain_id.begin(), chain.chain_id.end(), bench_chain.begin(), bench_chain.end()))
            highest = std::max({chain.block.level, chain.preattestation.level, chain.attestation.level});
    return {key.address, *curve, static_cast<std::int32_t>(highest) + 1};
}

double nearest_rank(const std::vector<Load::Latency>& sorted, double share) {
    if (sorted.empty())
        return 0;
    const auto rank = static_cast<std::size_t>(std::ceil(share * static_cast<double>(sorted.size())));
    return Microseconds{sorted[std::max<std::size_t>(rank, 1) - 1]}.count();
}

}  // namespace

Bytes attestation(tezos::Curve curve, std::int32_t level, std::uint32_t round) {
    constexpr std::uint8_t watermark = 0x13, bls_tag = 0x29, ed25519_tag = 0x15;
    Bytes bytes(1 + bench_chain.size() + 32, 0x11);  // ends with the branch
    bytes.front() = watermark;
    std::copy(bench_chain.begin(), bench_chain.end(), bytes.begin() + 1);
    if (curve == tezos::Curve::bls) {
        bytes.push_back(bls_tag);
    } else {
        bytes.push_back(ed25519_tag);
        bytes.insert(bytes.end(), {0, 1});  // slot
    }
    put_int32(bytes, level);
    put_int32(bytes, static_cast<std::int32_t>(round));
    bytes.insert(bytes.end(), 32, 0x22);  // payload hash
    return bytes;
}

std::vector<LoadKey> load_keys(const std::vector<KeyStatus>& keys, const std::vector<std::string>& ids) {
    std::vector<LoadKey> chosen;
    for (const auto& id : ids) {
        const auto found = std::find_if(keys.begin(), keys.end(), [&](const KeyStatus& k) { return k.key_id == id; });
        if (found == keys.end())
            throw key_not_found(id);
        chosen.push_back(load_key(*found));
    }
    if (ids.empty())
        for (const auto& key : keys)
            if (key.lock_state == LockState::unlocked)
                chosen.push_back(load_key(key));
    if (chosen.empty())
        throw Error{Fault::no_unlocked_key, "no key is unlocked: run 'revenant unlock' first"};
    return chosen;
}

std::optional<Request> Load::next() {
    if (asked_ == count_)
        return std::nullopt;
    const auto turn = asked_++;
    if (keys_.empty())
        return StatusRequest{};
    auto& key = keys_[turn % keys_.size()];
    Request request = SignRequest{key.address, attestation(key.curve, key.level, key.round)};
    key.advance();
    return request;
}

Report Load::report(std::chrono::nanoseconds elapsed) const {
    auto sorted = latencies_;
    std::sort(sorted.begin(), sorted.end());
    const auto seconds = std::chrono::duration<double>{elapsed}.count();
    const auto answers = static_cast<double>(sorted.size());
    const auto sum = std::accumulate(sorted.begin(), sorted.end(), Latency{0});
    const json::object latencies{{"mean", sorted.empty() ? 0 : Microseconds{sum}.count() / answers},
                                 {"p50", nearest_rank(sorted, 0.5)},
                                 {"p90", nearest_rank(sorted, 0.9)},
                                 {"p99", nearest_rank(sorted, 0.99)},
                                 {"p99.9", nearest_rank(sorted, 0.999)},
                                 {"max", nearest_rank(sorted, 1)}};
    Report report;
    json::object errors;
    for (const auto& [error, times] : errors_) {
        errors[error] = times;
        report.text += fmt::format("{} times: {}\n", times, error);
        report.exit = Exit::failed;
    }
    report.json = {{"asked", asked_},         {"answered", sorted.size()},
                   {"seconds", seconds},      {"per_second", seconds > 0 ? answers / seconds : 0},
                   {"latency_us", latencies}, {"errors", std::move(errors)}};
    report.text += fmt::format("{} of {} answered in {:.2f} s: {:.1f} per second\n", sorted.size(), asked_, seconds,
                               seconds > 0 ? answers / seconds : 0);
    for (const auto& [share, value] : latencies)
        report.text += fmt::format("  {:<6}{:>10.0f} us\n", std::string{share}, value.as_double());
    return report;
}

}  // namespace revenant::host
