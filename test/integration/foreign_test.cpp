// `revenant serve` with third-party clients: the npm packages in test/foreign/package.json.
#include <gtest/gtest.h>

#include "common/tezos/text.hpp"
#include "test/support/basics/tool.hpp"
#include "test/support/basics/vectors.hpp"
#include "test/support/suite/baker.hpp"

namespace revenant::test {
namespace {

using tezos::Kind;

/// A public test key that the signer does not know: second bootstrap account of the Octez sandbox.
constexpr auto stranger = "edsk39qAm1fiMjgmPkw1EgQYkMzkJezLNewd7PLNHTkr6w9XA2zdfo";
constexpr auto vectors_file = REVENANT_TEST_VECTORS "/client-authentication.json";

/// A remote signer with an unlocked tz1 and tz4 key.
class ForeignClients {
public:
    explicit ForeignClients(std::vector<std::string> arguments = {}) : suite_{settings(std::move(arguments))} {
        suite_.host_json({"init"});
        suite_.host_json({"new", "one", "--kind", "tz1"});
        suite_.host_json({"new", "four"});
        suite_.host_json({"unlock"});
        const auto list = suite_.host_json({"list"});
        for (const auto& entry : list.at("keys").as_array()) {
            auto public_key = tezos::parse_public_key(text_of(entry, "public_key")).value();
            keys_.push_back({text_of(entry, "id"), text_of(entry, "address"), public_key.curve, public_key.bytes});
        }
    }

    [[nodiscard]] const BakerKey& key(tezos::Curve curve) const {
        for (const auto& key : keys_)
            if (key.curve == curve)
                return key;
        throw std::runtime_error{"no key with this curve"};
    }

    /// Runs a script in test/foreign with the signer's URL until it exits; may download its packages first.
    Outcome run(const std::string& script, std::vector<std::string> arguments) {
        arguments.insert(arguments.begin(),
                         {script, "http://127.0.0.1:" + std::to_string(suite_.signer_port()) + "/signer"});
        return run_program(REVENANT_FOREIGN, arguments, {}, milliseconds{240'000});
    }

private:
    static SuiteSettings settings(std::vector<std::string> arguments) {
        arguments.insert(arguments.begin(), {"--path-prefix", "/signer"});
        SuiteSettings settings;
        settings.signer = std::move(arguments);
        return settings;
    }

    Suite suite_;
    std::vector<BakerKey> keys_;
};

std::string public_key(const BakerKey& key) {
    return tezos::public_key_text(key.curve, key.public_key);
}

std::string message(const BakerKey& key, Kind kind, std::int32_t level) {
    return hex(operation(key.curve, kind, level));
}

/// Expects exit code 0 and exactly `count` checks.
void expect_checks(const Outcome& outcome, unsigned count) {
    if (outcome.code == skipped_code)
        GTEST_SKIP() << outcome.err;
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    EXPECT_EQ(outcome.out, std::to_string(count) + " checks held\n") << outcome.err;
}

TEST(foreign, taquito_remote_signer_signs_with_tz1) {
    ForeignClients clients;
    const auto& key = clients.key(tezos::Curve::ed25519);
    expect_checks(
        clients.run("remote_signer.js", {key.address, public_key(key), "tz1KqTpEZ7Yob7QbPE4Hy4Wo8fHG8LhKxZSx",
                                         message(key, Kind::block, 9), message(key, Kind::block, 10),
                                         message(key, Kind::preattestation, 10), message(key, Kind::attestation, 10)}),
        3 + 3 * 7 + 6);
}

TEST(foreign, taquito_verifies_tz4_signature_and_proof) {
    ForeignClients clients;
    const auto& key = clients.key(tezos::Curve::bls);
    expect_checks(clients.run("tz4.js", {key.address, public_key(key), message(key, Kind::block, 10),
                                         message(key, Kind::preattestation, 10), message(key, Kind::attestation, 10)}),
                  3 + 3 * 3 * 6 + 6);
}

TEST(foreign, taquito_clients_of_all_curves_authenticate) {
    std::string list;
    for (const auto& key : list_of(vectors("client-authentication.json"), "keys"))
        list += (list.empty() ? "" : ",") + text_of(key, "public_key");
    ForeignClients clients{{"--client-keys", list}};
    const auto &tz1 = clients.key(tezos::Curve::ed25519), &tz4 = clients.key(tezos::Curve::bls);
    expect_checks(
        clients.run("client_authentication.js", {vectors_file, stranger, tz1.address, message(tz1, Kind::block, 10),
                                                 tz4.address, message(tz4, Kind::block, 10)}),
        1 + (3 * 4 + 3) + 5);
}

}  // namespace
}  // namespace revenant::test
