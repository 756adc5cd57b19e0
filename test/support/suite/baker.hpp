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

/// The chain of payload_shapes.hpp, on which operation() is.
inline constexpr tezos::ChainId usual_chain{0xb3, 0xd7, 0x9f, 0x99};

/// A valid payload; two of the same key, kind, level and round but another `salt` contradict each other.
Bytes operation(tezos::Curve curve, tezos::Kind kind, std::int32_t level, std::int32_t round = 0,
                std::uint8_t salt = 0);

/// A Secret with the passphrase of the suite, or another.
Secret passphrase(std::string text = Suite::passphrase);

/// The suite with unlocked keys, made if the store has none, and a host that holds both interfaces. One thread.
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
    /// Waits for a signature and verifies it; throws std::runtime_error when what comes is none.
    static Bytes signature(const BakerKey& key, const Bytes& message, const Response& response);
    static Bytes signature(const BakerKey& key, const Bytes& message, std::future<host::Answer> answer) {
        return signature(key, message, response_of(std::move(answer)));
    }
    Bytes signature(const BakerKey& key, const Bytes& message) { return signature(key, message, ask(key, message)); }

    /// Both clients go; returns when the cable is out. Nobody else may be on it.
    void leave();
    /// They come again.
    void come();

    /// The status of one key, as the device gives it.
    KeyStatus key_status(const std::string& id);

private:
    void make_keys(const Names& names, int tries);
    void make_missing(const Names& names);
};

/// Waits until the registrar says ready (or not).
void wait_ready(Suite& suite, bool ready = true);

/// A number of rounds: `usual`, or what the variable TEST_ROUNDS says (for soak runs).
unsigned rounds(unsigned usual);
/// A seed for the test's random choices: TEST_SEED, or a fresh one; printed, and shown at a failure.
unsigned seed();

}  // namespace revenant::test
