#pragma once

#include <string>
#include <utility>
#include <vector>

#include "common/tezos/payload.hpp"
#include "test/support/suite/client.hpp"
#include "test/support/suite/harness.hpp"
#include "test/support/suite/raw_host.hpp"

namespace revenant::test {

/// A key on the device.
struct BakerKey {
    std::string id;
    std::string address;
    tezos::Curve curve;
    Bytes public_key;
};

/// The chain id in payload_shapes.hpp, used by operation().
inline constexpr tezos::ChainId usual_chain{0xb3, 0xd7, 0x9f, 0x99};

/// A valid payload. Two with the same key, kind, level and round but different `salt` conflict.
Bytes operation(tezos::Curve curve, tezos::Kind kind, std::int32_t level, std::int32_t round = 0,
                std::uint8_t salt = 0);

/// A Secret with the suite's passphrase by default.
Secret passphrase(std::string text = Suite::passphrase);

/// The suite with unlocked keys (created if the store is empty) and a host that claims both interfaces. One thread.
class Baker {
public:
    using Names = std::vector<std::pair<std::string, KeyKind>>;
    static Names two_keys() { return {{"four", KeyKind::tz4}, {"one", KeyKind::tz1}}; }

    explicit Baker(const SuiteSettings& settings = {}, const Names& names = two_keys());

    Suite suite;
    std::optional<Client> sign;
    std::optional<Client> management;
    std::vector<BakerKey> keys;

    std::future<host::Answer> ask(const BakerKey& key, const Bytes& message) {
        return sign->ask(SignRequest{key.address, message});
    }
    /// Waits for a signature and verifies it; throws std::runtime_error on an error response or an invalid
    /// signature.
    static Bytes signature(const BakerKey& key, const Bytes& message, const Response& response);
    static Bytes signature(const BakerKey& key, const Bytes& message, std::future<host::Answer> answer) {
        return signature(key, message, response_of(std::move(answer)));
    }
    Bytes signature(const BakerKey& key, const Bytes& message) { return signature(key, message, ask(key, message)); }

    /// Closes both clients; returns when the cable is unplugged. Requires that no other host uses the cable.
    void leave();
    /// Opens both clients again.
    void come();

    /// The device's status of one key. Throws std::runtime_error if it is missing.
    KeyStatus key_status(const std::string& id);

private:
    void make_keys(const Names& names, int tries);
    void make_missing(const Names& names);
};

/// Waits until the registrar's status has this `ready`.
void wait_ready(Suite& suite, bool ready = true);

/// Number of rounds: the variable TEST_ROUNDS (for soak runs), else `usual`.
unsigned rounds(unsigned usual);
/// Random seed of the test: the variable TEST_SEED, else a random one. Written to stderr.
unsigned seed();

}  // namespace revenant::test
