#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "common/tezos/curve.hpp"
#include "common/wire/message.hpp"
#include "host/cli/report.hpp"

namespace revenant::host {

/// The chain that the benchmark signs on. No network has this id, so the marks of real chains do not change.
inline constexpr tezos::ChainId bench_chain{0x52, 0x56, 0x4e, 0x54};

/// The bytes of an attestation on bench_chain, in the format for the key's curve.
Bytes attestation(tezos::Curve curve, std::int32_t level, std::uint32_t round = 0);

/// A key that the benchmark signs with, and the level and round of its next attestation.
struct LoadKey {
    std::string address;
    tezos::Curve curve;
    std::int32_t level;
    std::uint32_t round = 0;
    /// The device has one mark for all chains, as tezsign's: only the rounds advance, so that the key's own chain loses
    /// no level.
    bool one_mark = false;

    void advance() { one_mark ? static_cast<void>(++round) : static_cast<void>(++level); }
};

/// The unlocked keys with these ids; all unlocked keys if there are no ids. Throws Error if a key is missing or locked,
/// or if no key is unlocked. A key with a level that was set before its first signature is rejected: the benchmark
/// would be its first chain, to which that level belongs.
std::vector<LoadKey> load_keys(const std::vector<KeyStatus>& keys, const std::vector<std::string>& ids);

/// The requests of the benchmark and their results. No I/O and no clock.
class Load {
public:
    using Latency = std::chrono::nanoseconds;

    /// Without keys the requests are status requests.
    Load(std::size_t count, std::vector<LoadKey> keys) : count_{count}, keys_{std::move(keys)} {
        latencies_.reserve(count);
    }

    /// Returns attestations of consecutive levels or rounds, cycling through the keys; nothing after `count` requests
    /// or give_up().
    std::optional<Request> next();
    void answered(Latency latency) { latencies_.push_back(latency); }
    void refused(const std::string& error) { ++errors_[error]; }
    void give_up() { count_ = asked_; }

    /// Rate, latencies (nearest rank) and errors.
    [[nodiscard]] Report report(std::chrono::nanoseconds elapsed) const;

private:
    std::size_t count_;
    std::size_t asked_ = 0;
    std::vector<LoadKey> keys_;
    std::vector<Latency> latencies_;
    std::map<std::string, std::size_t> errors_;
};

}  // namespace revenant::host
