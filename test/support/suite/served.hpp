#pragma once

#include "test/support/suite/remote_baker.hpp"

namespace revenant::test {

/// Settings of a suite with a remote signer, with additional arguments.
SuiteSettings with_signer(std::vector<std::string> arguments = {});

/// The message in hexadecimal, in double quotes.
std::string quoted(ByteView message);

/// All keys of a suite's device.
std::vector<BakerKey> keys_of(Suite& suite);

/// A suite with a remote signer and two unlocked keys, "four" (tz4) and "one" (tz1). Its management interface stays
/// free.
class Served {
public:
    explicit Served(const SuiteSettings& settings = with_signer(), bool unlocked = true);

    HttpAnswer ask(const std::string& method, const std::string& target, const std::string& body = {});
    HttpAnswer sign(const BakerKey& key, ByteView message);

    Suite suite;
    std::vector<BakerKey> keys;
};

}  // namespace revenant::test
