#pragma once

#include "test/support/suite/remote_baker.hpp"

namespace revenant::test {

/// A suite with a remote signer, which gets these further arguments.
SuiteSettings with_signer(std::vector<std::string> arguments = {});

/// "…" around the message in hexadecimal.
std::string quoted(ByteView message);

/// The keys that a suite's device has, by id.
std::vector<BakerKey> keys_of(Suite& suite);

/// The suite with two keys, "four" (tz4) and "one" (tz1), unlocked, and a server before it. Whoever manages keys comes
/// and goes beside it.
class Served {
public:
    explicit Served(const SuiteSettings& settings = with_signer(), bool unlocked = true);

    HttpAnswer ask(const std::string& method, const std::string& target, const std::string& body = {});
    HttpAnswer sign(const BakerKey& key, ByteView message);

    Suite suite;
    std::vector<BakerKey> keys;
};

}  // namespace revenant::test
